#include "encoders/llm/named_weights.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <set>

#include "encoders/kernels/parallel.h"
#include "results/errors.h"
#include "results/philox.h"

namespace lidit {
namespace {

constexpr std::size_t kListed = 8;               // names in one message
constexpr std::int64_t kValuesAtOnce = 1 << 16;  // of a conversion: they stay in the cache

std::int64_t product(std::span<const std::int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

std::string listed(std::string_view what, const std::vector<std::string>& names) {
  if (names.empty()) return "";
  const auto shown = std::min(names.size(), kListed);
  return fmt::format(
      "; {} {}: {}{}", names.size(), what,
      fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
      shown < names.size() ? ", ..." : "");
}

/// "layers.3.mlp.up_proj.weight" -> "blk.3.ffn_up.weight"; empty when GGUF has no such name.
std::string gguf_name(std::string_view name, const TensorNames& names) {
  std::string block;
  if (name.starts_with(names.blocks)) {
    name.remove_prefix(names.blocks.size());
    const auto dot = name.find('.');
    block = fmt::format("{}{}.", names.gguf_blocks, name.substr(0, dot));
    name.remove_prefix(dot + 1);
  }
  const auto dot = name.rfind('.');
  for (const auto& [ours, theirs] : names.gguf)
    if (ours == name.substr(0, dot)) return fmt::format("{}{}{}", block, theirs, name.substr(dot));
  return "";
}

bool is_unused(std::string_view name, const TensorNames& names) {
  return std::ranges::any_of(names.unused, [&](std::string_view part) {
    if (part.ends_with('.')) return name.starts_with(part);
    return name == part || name.ends_with(fmt::format(".{}", part));
  });
}

using Present = std::unordered_map<std::string_view,
                                   std::pair<std::shared_ptr<const WeightFile>, const TensorView*>>;

std::string_view find_prefix(const Present& present, std::string_view name,
                             const TensorNames& names) {
  for (const std::string_view prefix : names.prefixes)
    if (present.contains(fmt::format("{}{}", prefix, name))) return prefix;
  return names.prefixes.front();
}

/// Whether the file's bytes can be used as they are.
bool is_ready(const TensorView& view, at::ScalarType dtype) {
  const bool same = (view.type == StorageType::f32 && dtype == at::kFloat) ||
                    (view.type == StorageType::bf16 && dtype == at::kBFloat16);
  return same && reinterpret_cast<std::uintptr_t>(view.data.data()) % c10::elementSize(dtype) == 0;
}

/// Rows of a matrix as a tensor of its own.
TensorView rows_of(const TensorView& view, std::int64_t begin, std::int64_t end) {
  const auto bytes = static_cast<std::int64_t>(view.data.size()) / view.shape[0];
  TensorView part{view.name, view.type, view.shape,
                  view.data.subspan(static_cast<std::size_t>(begin * bytes),
                                    static_cast<std::size_t>((end - begin) * bytes))};
  part.shape[0] = end - begin;
  return part;
}

void convert_rows(const TensorView& view, const Tensor& out) {
  const auto values = [](const Tensor& x) {
    return std::span(x.data_ptr<float>(), static_cast<std::size_t>(x.numel()));
  };
  if (is_ready(view, out.scalar_type())) {
    std::memcpy(out.mutable_data_ptr(), view.data.data(), view.data.size());
    return;
  }
  if (out.scalar_type() == at::kFloat) return dequantize(view, values(out));
  const Tensor wide = at::empty(out.sizes(), at::kFloat);
  dequantize(view, values(wide));
  out.copy_(wide);
}

/// Dequantises into `out`, a few rows at a time on every thread.
void convert(const TensorView& view, const Tensor& out) {
  if (view.shape.size() < 2) return convert_rows(view, out);
  const std::int64_t rows = view.shape[0];
  const std::int64_t step = std::max<std::int64_t>(1, kValuesAtOnce * rows / view.count());
  parallel_over(0, (rows + step - 1) / step, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t begin = first * step; begin < std::min(last * step, rows); begin += step) {
      const std::int64_t end = std::min(begin + step, rows);
      convert_rows(rows_of(view, begin, end), out.narrow(0, begin, end - begin));
    }
  });
}

}  // namespace

std::int64_t parameter_count(std::span<const ExpectedTensor> expected) {
  std::int64_t count = 0;
  for (const ExpectedTensor& tensor : expected)
    if (!tensor.optional) count += product(tensor.shape);
  return count;
}

RandomWeights::RandomWeights(std::vector<ExpectedTensor> expected, std::uint64_t seed)
    : expected_(std::move(expected)), seed_(seed) {}

Tensor RandomWeights::read(std::string_view name, at::ScalarType dtype) const {
  const auto found = std::ranges::find(expected_, name, &ExpectedTensor::name);
  TORCH_CHECK(found != expected_.end(), "no tensor called ", std::string(name));
  if (found->optional) return {};
  const Tensor out = at::empty(found->shape, at::kFloat);
  Philox(seed_, name).fill_normal({out.data_ptr<float>(), static_cast<std::size_t>(out.numel())});
  if (out.dim() > 1) return out.div_(std::sqrt(static_cast<double>(out.size(-1)))).to(dtype);
  const bool norm = name.find("orm") != name.npos && name.ends_with("weight");
  return out.mul_(0.1).add_(norm ? 1 : 0).to(dtype);
}

Tensor RandomWeights::read_joined(std::span<const std::string> names, at::ScalarType dtype) const {
  std::vector<Tensor> parts;
  for (const std::string& name : names) parts.push_back(read(name, dtype));
  return at::cat(parts);
}

FileWeights::FileWeights(const std::vector<std::shared_ptr<const WeightFile>>& files, Naming naming,
                         std::span<const ExpectedTensor> expected, const TensorNames& names) {
  Present present;
  for (const auto& file : files)
    for (const TensorView& tensor : file->tensors())
      if (const auto [other, is_new] = present.emplace(tensor.name, std::pair(file, &tensor));
          !is_new)
        throw FileError(fmt::format("the tensor {} is in {} and in {}", tensor.name,
                                    other->second.first->path().string(), file->path().string()));
  const std::string_view prefix =
      naming == Naming::gguf ? "" : find_prefix(present, expected.front().name, names);
  std::vector<std::string> missing, misshaped, unknown;
  for (const ExpectedTensor& tensor : expected) {
    const std::string name = naming == Naming::gguf ? gguf_name(tensor.name, names)
                                                    : fmt::format("{}{}", prefix, tensor.name);
    const auto found = present.find(name);
    if (found == present.end()) {
      if (!tensor.optional) missing.push_back(name.empty() ? tensor.name : name);
      continue;
    }
    const auto& [file, view] = found->second;
    if (view->shape != tensor.shape)
      misshaped.push_back(fmt::format("{} is {} instead of {}", name, view->shape, tensor.shape));
    tensors_.emplace(tensor.name, Stored{file, view});
    present.erase(found);
  }
  for (const auto& [name, view] : present)
    if (!is_unused(name, names)) unknown.emplace_back(name);
  std::ranges::sort(unknown);
  if (!missing.empty() || !misshaped.empty() || !unknown.empty())
    throw FileError(fmt::format("{}: these are not the weights that its settings describe{}{}{}",
                                files.front()->path().string(), listed("missing", missing),
                                listed("misshaped", misshaped), listed("unknown", unknown)));
}

const FileWeights::Stored* FileWeights::find(std::string_view name) const {
  const auto found = tensors_.find(std::string(name));
  return found == tensors_.end() ? nullptr : &found->second;
}

Tensor FileWeights::read(std::string_view name, at::ScalarType dtype) const {
  const Stored* stored = find(name);
  if (!stored) return {};
  if (is_ready(*stored->view, dtype))
    return at::from_blob(
        const_cast<std::byte*>(stored->view->data.data()), stored->view->shape,
        [file = stored->file, view = stored->view](void*) { file->release(*view); }, dtype);
  const std::string one(name);
  return read_joined({&one, 1}, dtype);
}

Tensor FileWeights::read_joined(std::span<const std::string> names, at::ScalarType dtype) const {
  std::vector<std::int64_t> shape;
  for (const std::string& name : names) {
    const Stored* stored = find(name);
    TORCH_CHECK(stored, "no tensor called ", name);
    if (shape.empty())
      shape = stored->view->shape;
    else
      shape[0] += stored->view->shape[0];
  }
  const Tensor out = at::empty(shape, dtype);
  std::int64_t row = 0;
  for (const std::string& name : names) {
    const Stored& stored = *find(name);
    const std::int64_t rows = stored.view->shape[0];
    convert(*stored.view, out.narrow(0, row, rows));
    stored.file->release(*stored.view);
    row += rows;
  }
  return out;
}

}  // namespace lidit
