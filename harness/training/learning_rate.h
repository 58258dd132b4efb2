// The course of the learning rate: linear warm-up, then half a cosine down to zero.
#pragma once
#include <cstdint>

namespace lidit {

/// Factor in (0, 1] on every learning rate at step 0..steps-1: (step+1)/warmup during the warm-up,
/// 1 at step `warmup`, and towards 0 at step `steps`.
double learning_rate_factor(std::int64_t step, std::int64_t warmup, std::int64_t steps);

}  // namespace lidit
