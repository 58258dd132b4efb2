#include "encoders/feature_file.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <optional>
#include <vector>

#include "encoders/weights/safetensors_writer.h"
#include "results/errors.h"

namespace lidit {
namespace {

constexpr const char* kPoolsLastRow = "pools_last_row";

StorageType storage_type(at::ScalarType type) {
  switch (type) {
    case at::kFloat:
      return StorageType::f32;
    case at::kBFloat16:
      return StorageType::bf16;
    case at::kLong:
      return StorageType::i64;
    case at::kByte:
      return StorageType::u8;
    default:
      TORCH_CHECK(false, "features are not stored as ", type);
  }
}

std::optional<at::ScalarType> scalar_type(StorageType type) {
  switch (type) {
    case StorageType::f32:
      return at::kFloat;
    case StorageType::bf16:
      return at::kBFloat16;
    case StorageType::i64:
      return at::kLong;
    case StorageType::u8:
      return at::kByte;
    default:
      return std::nullopt;
  }
}

/// One layer is written without its dimension.
Tensor on_disk(const Tensor& layers) { return layers.size(0) == 1 ? layers[0] : layers; }

class Reader {
 public:
  explicit Reader(const WeightFile& file) : file_(file) {}

  /// The tensor as a view of the mapping; one that lies unaligned is copied.
  Tensor read(std::string_view name) const {
    const TensorView* view = file_.find(name);
    require(view != nullptr, "has no tensor '{}'", name);
    const auto type = scalar_type(view->type);
    require(type.has_value(), "has '{}' in a type that features do not have", name);
    if (view->count() == 0) return at::empty(view->shape, *type);
    auto* data = const_cast<std::byte*>(view->data.data());
    const auto alignment = c10::elementSize(*type);
    if (reinterpret_cast<std::uintptr_t>(data) % alignment == 0)
      return at::from_blob(data, view->shape, *type);
    const Tensor copy = at::empty(view->shape, *type);
    std::memcpy(copy.mutable_data_ptr(), data, view->data.size());
    return copy;
  }
  Tensor read(std::string_view name, at::ScalarType type, std::int64_t dimensions) const {
    const Tensor tensor = read(name);
    require(tensor.scalar_type() == type && tensor.dim() == dimensions,
            "has '{}' in another type or shape than features have", name);
    return tensor;
  }
  /// int64; `absent` when the file does not have it.
  Tensor read_or(std::string_view name, std::int64_t dimensions, const Tensor& absent) const {
    return file_.find(name) ? read(name, at::kLong, dimensions) : absent;
  }
  /// (K,T,D) of a tensor written as (T,D) or (K,T,D).
  Tensor read_layers(std::string_view name) const {
    const Tensor tensor = read(name);
    require((tensor.dim() == 2 || tensor.dim() == 3) &&
                (tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kBFloat16),
            "has '{}' in another type or shape than features have", name);
    return tensor.dim() == 2 ? tensor.unsqueeze(0) : tensor;
  }
  template <class... Arguments>
  void require(bool fine, fmt::format_string<Arguments...> message,
               Arguments&&... arguments) const {
    if (!fine)
      throw FileError(fmt::format("{} {}", file_.path().string(),
                                  fmt::format(message, std::forward<Arguments>(arguments)...)));
  }

 private:
  const WeightFile& file_;
};

bool holds(const Tensor& condition) { return condition.all().item<bool>(); }

void check(const Reader& reader, const FeatureFile& file) {
  const EncoderFeatures& f = file.features;
  const std::int64_t prompts = f.caption_begin.size(0), rows = f.layers.size(1);
  reader.require(f.offsets.size(0) == prompts + 1 && file.prompt_sha256.size(0) == prompts &&
                     file.prompt_sha256.size(1) == 32 && file.token_ids.size(0) == rows &&
                     f.spans.size(0) == rows && f.spans.size(1) == 2 &&
                     f.prefix.size(1) == file.prefix_token_ids.size(0) &&
                     f.prefix.size(0) == f.layers.size(0) && f.prefix.size(2) == f.layers.size(2) &&
                     f.prefix.scalar_type() == f.layers.scalar_type(),
                 "holds tensors that do not fit each other");
  const Tensor lengths = f.offsets.diff();
  reader.require(f.offsets[0].item<std::int64_t>() == 0 &&
                     f.offsets[-1].item<std::int64_t>() == rows && holds(lengths.ge(0)) &&
                     holds(f.offsets.ge(0)),
                 "holds offsets that do not go from 0 up to its {} tokens", rows);
  reader.require(holds(f.caption_begin.ge(0)) && holds(f.caption_begin.le(lengths)) &&
                     holds(f.spans.ge(0)) && holds(f.spans.select(1, 0).le(f.spans.select(1, 1))),
                 "holds captions or spans out of their range");
}

}  // namespace

void write_feature_file(const std::filesystem::path& path, const FeatureFile& file,
                        const std::map<std::string, std::string>& metadata) {
  std::vector<std::pair<std::string, Tensor>> named{{"features", on_disk(file.features.layers)},
                                                    {"offsets", file.features.offsets},
                                                    {"token_ids", file.token_ids},
                                                    {"spans", file.features.spans},
                                                    {"caption_begin", file.features.caption_begin},
                                                    {"prompt_sha256", file.prompt_sha256},
                                                    {"prefix", on_disk(file.features.prefix)},
                                                    {"prefix_token_ids", file.prefix_token_ids}};
  if (file.features.pools_last_row) named.emplace_back(kPoolsLastRow, at::ones({1}, at::kLong));
  std::vector<Tensor> kept;  // alive until all is written
  std::vector<TensorToWrite> tensors;
  for (const auto& [name, tensor] : named) {
    kept.push_back(tensor.contiguous().cpu());
    const Tensor& t = kept.back();
    tensors.push_back({name,
                       storage_type(t.scalar_type()),
                       t.sizes().vec(),
                       {static_cast<const std::byte*>(t.const_data_ptr()), t.nbytes()}});
  }
  write_safetensors(path, tensors, metadata);
}

FeatureFileView open_feature_file(const std::filesystem::path& path) {
  FeatureFileView view{WeightFile::open(path), {}};
  const Reader reader(*view.file);
  FeatureFile& file = view.tensors;
  EncoderFeatures& features = file.features;
  features.layers = reader.read_layers("features");
  features.offsets = reader.read("offsets", at::kLong, 1);
  file.prompt_sha256 = reader.read("prompt_sha256", at::kByte, 2);
  const std::int64_t rows = features.layers.size(1), prompts = file.prompt_sha256.size(0);
  features.prefix =
      view.file->find("prefix") ? reader.read_layers("prefix") : features.layers.narrow(1, 0, 0);
  features.caption_begin = reader.read_or("caption_begin", 1, at::zeros({prompts}, at::kLong));
  features.spans = reader.read_or("spans", 2, at::zeros({rows, 2}, at::kLong));
  features.pools_last_row =
      reader.read_or(kPoolsLastRow, 1, at::zeros({1}, at::kLong)).ne(0).any().item<bool>();
  file.token_ids = reader.read_or("token_ids", 1, at::full({rows}, -1, at::kLong));
  file.prefix_token_ids =
      reader.read_or("prefix_token_ids", 1, at::full({features.prefix.size(1)}, -1, at::kLong));
  check(reader, file);
  return view;
}

}  // namespace lidit
