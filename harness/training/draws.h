// Keyed random tensors. Every draw is a function of (seed, stream, step) alone: it does not depend
// on threads, on resumption, on the device or on the strategy.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "results/philox.h"

namespace lidit {

using at::Tensor;

/// fp32 standard normal values of `shape`, on the CPU.
Tensor normal_tensor(Philox draws, at::IntArrayRef shape);
/// fp32 values uniform in [0, 1) of `shape`, on the CPU.
Tensor uniform_tensor(Philox draws, at::IntArrayRef shape);
/// (batch) bool on the CPU: false with probability `drop`.
Tensor keep_mask(Philox draws, std::int64_t batch, double drop);

/// Which examples a step sees: the epochs' permutations of 0..size-1, end to end, cut in batches.
class DataOrder {
 public:
  /// Throws std::logic_error unless both are positive.
  DataOrder(std::uint64_t seed, std::int64_t size, std::int64_t batch);
  /// (batch) int64 on the CPU: the examples of step `step`, counted from 0.
  Tensor indices(std::int64_t step);

 private:
  std::int64_t example(std::int64_t position);

  std::uint64_t seed_;
  std::int64_t size_, batch_;
  std::int64_t epoch_ = -1;  // of permutation_
  std::vector<std::int64_t> permutation_;
};

}  // namespace lidit
