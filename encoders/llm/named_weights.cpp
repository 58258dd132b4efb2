#include "encoders/llm/named_weights.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "results/errors.h"
#include "results/philox.h"

namespace lidit {
namespace {

constexpr std::size_t kListed = 8;  // names in one message

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
    block = fmt::format("blk.{}.", name.substr(0, dot));
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

std::string_view find_prefix(const std::unordered_map<std::string_view, const TensorView*>& present,
                             std::string_view name, const TensorNames& names) {
  for (const std::string_view prefix : names.prefixes)
    if (present.contains(fmt::format("{}{}", prefix, name))) return prefix;
  return names.prefixes.front();
}

}  // namespace

std::int64_t parameter_count(std::span<const ExpectedTensor> expected) {
  std::int64_t count = 0;
  for (const ExpectedTensor& tensor : expected) count += product(tensor.shape);
  return count;
}

RandomWeights::RandomWeights(std::vector<ExpectedTensor> expected, std::uint64_t seed)
    : expected_(std::move(expected)), seed_(seed) {}

Tensor RandomWeights::read(std::string_view name, at::ScalarType dtype) const {
  const auto found = std::ranges::find(expected_, name, &ExpectedTensor::name);
  TORCH_CHECK(found != expected_.end(), "no tensor called ", std::string(name));
  const Tensor out = at::empty(found->shape, at::kFloat);
  Philox(seed_, name).fill_normal({out.data_ptr<float>(), static_cast<std::size_t>(out.numel())});
  if (out.dim() > 1) return out.div_(std::sqrt(static_cast<double>(out.size(-1)))).to(dtype);
  const bool norm = name.find("orm") != name.npos && name.ends_with("weight");
  return out.mul_(0.1).add_(norm ? 1 : 0).to(dtype);
}

FileWeights::FileWeights(std::vector<std::shared_ptr<const WeightFile>> files, Naming naming,
                         std::span<const ExpectedTensor> expected, const TensorNames& names)
    : files_(std::move(files)), naming_(naming) {
  std::unordered_map<std::string_view, const TensorView*> present;
  for (const auto& file : files_)
    for (const TensorView& tensor : file->tensors()) present.emplace(tensor.name, &tensor);
  const std::string_view prefix =
      naming == Naming::gguf ? "" : find_prefix(present, expected.front().name, names);
  std::vector<std::string> missing, misshaped, unknown;
  for (const ExpectedTensor& tensor : expected) {
    const std::string name = naming == Naming::gguf ? gguf_name(tensor.name, names)
                                                    : fmt::format("{}{}", prefix, tensor.name);
    const auto found = present.find(name);
    if (found == present.end()) {
      missing.push_back(name.empty() ? tensor.name : name);
      continue;
    }
    if (found->second->shape != tensor.shape)
      misshaped.push_back(
          fmt::format("{} is {} instead of {}", name, found->second->shape, tensor.shape));
    tensors_.emplace(tensor.name, found->second);
    present.erase(found);
  }
  for (const auto& [name, view] : present)
    if (!is_unused(name, names)) unknown.emplace_back(name);
  std::ranges::sort(unknown);
  if (!missing.empty() || !misshaped.empty() || !unknown.empty())
    throw FileError(fmt::format("{}: these are not the weights that its settings describe{}{}{}",
                                files_.front()->path().string(), listed("missing", missing),
                                listed("misshaped", misshaped), listed("unknown", unknown)));
}

Tensor FileWeights::read(std::string_view name, at::ScalarType dtype) const {
  const auto found = tensors_.find(std::string(name));
  TORCH_CHECK(found != tensors_.end(), "no tensor called ", std::string(name));
  const Tensor out = at::empty(found->second->shape, at::kFloat);
  dequantize(*found->second, {out.data_ptr<float>(), static_cast<std::size_t>(out.numel())});
  return out.to(dtype);
}

}  // namespace lidit
