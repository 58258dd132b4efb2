#include "harness/training/draws.h"

#include <ATen/ops/empty.h>

#include <span>
#include <stdexcept>

namespace lidit {
namespace {

std::span<float> values(const Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

}  // namespace

Tensor normal_tensor(Philox draws, at::IntArrayRef shape) {
  const Tensor tensor = at::empty(shape, at::kFloat);
  draws.fill_normal(values(tensor));
  return tensor;
}

Tensor uniform_tensor(Philox draws, at::IntArrayRef shape) {
  const Tensor tensor = at::empty(shape, at::kFloat);
  draws.fill_uniform(values(tensor));
  return tensor;
}

Tensor keep_mask(Philox draws, std::int64_t batch, double drop) {
  return uniform_tensor(draws, {batch}) >= drop;
}

DataOrder::DataOrder(std::uint64_t seed, std::int64_t size, std::int64_t batch)
    : seed_(seed), size_(size), batch_(batch) {
  if (size <= 0 || batch <= 0) throw std::logic_error("DataOrder: no examples or empty batches");
}

Tensor DataOrder::indices(std::int64_t step) {
  const Tensor chosen = at::empty({batch_}, at::kLong);
  auto* out = chosen.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < batch_; ++i) out[i] = example(step * batch_ + i);
  return chosen;
}

std::int64_t DataOrder::example(std::int64_t position) {
  if (const std::int64_t epoch = position / size_; epoch != epoch_) {
    permutation_ =
        Philox(seed_, "data-order", static_cast<std::uint64_t>(epoch)).permutation(size_);
    epoch_ = epoch;
  }
  return permutation_[static_cast<std::size_t>(position % size_)];
}

}  // namespace lidit
