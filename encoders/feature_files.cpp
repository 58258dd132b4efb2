#include "encoders/feature_files.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cstring>

#include "results/errors.h"

namespace lidit {
namespace {

std::int64_t item(const Tensor& tensor, std::int64_t index) {
  return tensor.const_data_ptr<std::int64_t>()[index];
}

Digest digest_of_row(const Tensor& prompt_sha256, std::int64_t row) {
  Digest digest;
  std::memcpy(digest.data(), prompt_sha256.const_data_ptr<std::uint8_t>() + row * 32, 32);
  return digest;
}

/// Copies rows begin..end of (..., T, W) `from` to rows at.. of `to`, which is contiguous.
void copy_rows(const Tensor& from, std::int64_t begin, std::int64_t end, const Tensor& to,
               std::int64_t at) {
  const std::int64_t outer = from.dim() == 3 ? from.size(0) : 1;
  const std::int64_t width = from.size(-1) * static_cast<std::int64_t>(from.element_size());
  const auto* source = static_cast<const std::byte*>(from.const_data_ptr());
  auto* target = static_cast<std::byte*>(to.mutable_data_ptr());
  for (std::int64_t k = 0; k < outer; ++k)
    std::memcpy(target + (k * to.size(-2) + at) * width,
                source + (k * from.size(-2) + begin) * width,
                static_cast<std::size_t>((end - begin) * width));
}

bool same_kind(const EncoderFeatures& a, const EncoderFeatures& b) {
  return a.layers.size(0) == b.layers.size(0) && a.layers.size(2) == b.layers.size(2) &&
         a.layers.scalar_type() == b.layers.scalar_type() && a.prefix.sizes() == b.prefix.sizes() &&
         a.pools_last_row == b.pools_last_row;
}

}  // namespace

bool FeatureFiles::is_feature_file(const std::filesystem::path& path) {
  return path.extension() == ".safetensors";
}

void FeatureFiles::take_in(const std::filesystem::path& path) {
  if (known_.contains(path)) return;
  FeatureFileView view = open_feature_file(path);
  if (!files_.empty() && !same_kind(view.tensors.features, first()))
    throw FileError(fmt::format(
        "{} differs from the files beside it in its layers, width, type, prefix or pooled row: "
        "remove it, or {}",
        path.string(), path.parent_path().string()));
  for (std::int64_t i = 0; i < view.tensors.prompt_sha256.size(0); ++i)
    places_.emplace(digest_of_row(view.tensors.prompt_sha256, i), Place{files_.size(), i});
  known_.insert(path);
  files_.push_back(std::move(view));
}

EncoderFeatures FeatureFiles::read(std::span<const Digest> prompts) const {
  struct Rows {
    const EncoderFeatures* from;
    std::int64_t begin, end;
  };
  std::vector<Rows> all;
  std::vector<std::int64_t> offsets{0}, caption_begin;
  for (const Digest& prompt : prompts) {
    const Place& place = places_.at(prompt);
    const EncoderFeatures& from = files_[place.file].tensors.features;
    all.push_back({&from, item(from.offsets, place.prompt), item(from.offsets, place.prompt + 1)});
    offsets.push_back(offsets.back() + all.back().end - all.back().begin);
    caption_begin.push_back(item(from.caption_begin, place.prompt));
  }
  const Tensor layers =
      at::empty({this->layers(), offsets.back(), width()}, first().layers.options());
  const Tensor spans = at::empty({offsets.back(), 2}, at::kLong);
  for (std::size_t i = 0; i < all.size(); ++i) {
    copy_rows(all[i].from->layers, all[i].begin, all[i].end, layers, offsets[i]);
    copy_rows(all[i].from->spans, all[i].begin, all[i].end, spans, offsets[i]);
  }
  return {layers,
          at::tensor(offsets, at::kLong),
          first().prefix.clone(),
          at::tensor(caption_begin, at::kLong),
          spans,
          first().pools_last_row};
}

std::int64_t FeatureFiles::layers() const { return first().layers.size(0); }
std::int64_t FeatureFiles::width() const { return first().layers.size(2); }

const EncoderFeatures& FeatureFiles::first() const {
  TORCH_CHECK(!files_.empty(), "no feature file was taken in");
  return files_.front().tensors.features;
}

}  // namespace lidit
