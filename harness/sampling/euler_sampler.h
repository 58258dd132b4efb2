// Images from prompts: Euler's method from noise (t = 0) to data (t = 1) along the velocity that
// the backbone predicts, with classifier-free guidance (Ho & Salimans 2022).
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "encoders/conditioner.h"
#include "harness/backbone/lidit.h"
#include "harness/training/named_choices.h"
#include "harness/training/objective.h"

namespace lidit {

/// Where the steps lie.
enum class TimeGrid {
  uniform,    // t_i = i / N
  quadratic,  // t_i = (i / N)^2: small steps at the noisy end
};
inline constexpr NamedChoices<TimeGrid, 2> kTimeGrids{
    "time grid", {{{"uniform", TimeGrid::uniform}, {"quadratic", TimeGrid::quadratic}}}};

struct SamplerOptions {
  std::int64_t steps = 10;
  double guidance = 1;  // 1: no guidance, and no null half
  TimeGrid grid = TimeGrid::uniform;
  Prediction prediction = Prediction::sample;  // what the backbone was trained to say
  std::int64_t batch = 64;                     // prompts at a time
  std::uint64_t seed = 0;                      // of the initial noise
};

/// Throws SpecError naming the setting, its value and what it must be; NaN is refused.
void check(const SamplerOptions& options);

/// Which image: its initial noise is a function of (seed, prompt, image) alone.
struct SampleKey {
  std::string prompt;       // the prompt's identity, e.g. "test/17"
  std::uint64_t image = 0;  // the how-many-th image of this prompt
};

/// steps + 1 times from 0 to 1.
std::vector<double> time_grid(TimeGrid grid, std::int64_t steps);

/// x at the grid's last time, from x at its first: x += (t' - t) velocity(x, t).
Tensor integrate_euler(Tensor x, std::span<const double> grid,
                       const std::function<Tensor(const Tensor& x, double t)>& velocity);

class EulerSampler {
 public:
  /// Uses the weights that the modules hold when sample() is called (see EmaWeights).
  EulerSampler(LiDiT backbone, std::shared_ptr<Conditioner> conditioner,
               const SamplerOptions& options);
  /// Images (N,C,H,W) fp32 on the CPU, one per key, of prompts whose features come in that order.
  /// A prompt's image depends on its batch only through rounding.
  Tensor sample(const FrozenFeatures& features, std::span<const SampleKey> keys) const;

 private:
  Tensor sample_batch(const FrozenFeatures& features, std::span<const SampleKey> keys) const;
  Tensor initial_noise(std::span<const SampleKey> keys) const;

  mutable LiDiT backbone_;
  std::shared_ptr<Conditioner> conditioner_;
  SamplerOptions options_;
};

}  // namespace lidit
