#include "harness/training/objective.h"

#include <ATen/ATen.h>

#include "harness/training/draws.h"

namespace lidit {

Tensor draw_timesteps(TimestepDensity density, Philox draws, std::int64_t batch) {
  switch (density) {
    case TimestepDensity::uniform:
      return uniform_tensor(draws, {batch});
    case TimestepDensity::logit_normal:
      return normal_tensor(draws, {batch}).sigmoid_();
    case TimestepDensity::noise_biased:
      return uniform_tensor(draws, {batch}).square_();
  }
  TORCH_CHECK(false, "no such timestep density: ", static_cast<int>(density));
}

Tensor interpolate(const Tensor& noise, const Tensor& data, const Tensor& t) {
  return at::lerp(noise, data, t.view({-1, 1, 1, 1}));
}

Tensor training_target(Prediction prediction, const Tensor& noise, const Tensor& data) {
  return prediction == Prediction::velocity ? data - noise : data;
}

Tensor velocity_of(Prediction prediction, const Tensor& output, const Tensor& x_t, double t) {
  TORCH_CHECK(t >= 0 && t < 1, "a velocity is defined for 0 <= t < 1, got t = ", t);
  // On the line x_t = (1-t) noise + t data: data - noise = (data - x_t) / (1-t).
  return prediction == Prediction::velocity ? output : (output - x_t) / (1 - t);
}

}  // namespace lidit
