// Rectified flow (Liu et al. 2022; Lipman et al. 2022): x_t = (1-t) noise + t data on straight
// lines, t = 0 is noise, t = 1 is data. The network predicts the velocity data - noise, or the
// data.
#pragma once
#include <ATen/core/Tensor.h>

#include "harness/training/named_choices.h"
#include "results/philox.h"

namespace lidit {

using at::Tensor;

enum class Prediction { velocity, sample };
inline constexpr NamedChoices<Prediction, 2> kPredictions{
    "prediction", {{{"velocity", Prediction::velocity}, {"sample", Prediction::sample}}}};

/// The density of training timesteps: u uniform, n standard normal.
enum class TimestepDensity {
  uniform,       // t = u
  logit_normal,  // t = sigmoid(n): the middle (Esser et al. 2024)
  noise_biased,  // t = u^2: the noisy end, where the layout is decided
};
inline constexpr NamedChoices<TimestepDensity, 3> kTimestepDensities{
    "timestep density",
    {{{"uniform", TimestepDensity::uniform},
      {"logit-normal", TimestepDensity::logit_normal},
      {"noise-biased", TimestepDensity::noise_biased}}}};

/// (batch) fp32 timesteps in [0, 1) on the CPU.
Tensor draw_timesteps(TimestepDensity density, Philox draws, std::int64_t batch);

/// x_t (B,C,H,W) between `noise` and `data` (B,C,H,W) at t (B).
Tensor interpolate(const Tensor& noise, const Tensor& data, const Tensor& t);

/// What the network should have said (B,C,H,W).
Tensor training_target(Prediction prediction, const Tensor& noise, const Tensor& data);

/// The velocity at (x_t, t) that a network's output stands for; t < 1, the same for the batch.
Tensor velocity_of(Prediction prediction, const Tensor& output, const Tensor& x_t, double t);

}  // namespace lidit
