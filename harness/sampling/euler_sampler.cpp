#include "harness/sampling/euler_sampler.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "harness/training/draws.h"

namespace lidit {
namespace {

/// v_null + g (v_cond - v_null) of (v_cond; v_null) stacked along the batch.
Tensor guide(const Tensor& stacked, double guidance) {
  const auto halves = stacked.chunk(2);
  return at::lerp(halves[1], halves[0], guidance);
}

}  // namespace

void check(const SamplerOptions& options) {
  const auto refuse = [](std::string_view setting, auto value, std::string_view need) {
    throw SpecError(fmt::format("{} must be {}, got {}", setting, need, value));
  };
  if (options.steps < 1) refuse("the number of sampling steps", options.steps, "at least 1");
  if (options.batch < 1) refuse("the sampling batch", options.batch, "at least 1");
  if (!(options.guidance >= 0 && std::isfinite(options.guidance)))
    refuse("guidance", options.guidance, "a finite number of at least 0");
}

std::vector<double> time_grid(TimeGrid grid, std::int64_t steps) {
  std::vector<double> times;
  for (std::int64_t i = 0; i <= steps; ++i) {
    const double u = static_cast<double>(i) / static_cast<double>(steps);
    times.push_back(grid == TimeGrid::uniform ? u : u * u);
  }
  return times;
}

Tensor integrate_euler(Tensor x, std::span<const double> grid,
                       const std::function<Tensor(const Tensor& x, double t)>& velocity) {
  for (std::size_t i = 0; i + 1 < grid.size(); ++i)
    x = at::add(x, velocity(x, grid[i]), grid[i + 1] - grid[i]);
  return x;
}

EulerSampler::EulerSampler(LiDiT backbone, std::shared_ptr<Conditioner> conditioner,
                           const SamplerOptions& options)
    : backbone_(std::move(backbone)), conditioner_(std::move(conditioner)), options_(options) {
  check(options_);
}

Tensor EulerSampler::sample(const FrozenFeatures& features, std::span<const SampleKey> keys) const {
  TORCH_CHECK(!features.empty() && !keys.empty(), "nothing to sample");
  const auto total = static_cast<std::int64_t>(keys.size());
  for (const EncoderFeatures& encoder : features)
    TORCH_CHECK(encoder.offsets.numel() == total + 1, "features of ", encoder.offsets.numel() - 1,
                " prompts for ", total, " images");
  const c10::NoGradGuard no_grad;
  std::vector<Tensor> images;
  for (std::int64_t begin = 0; begin < total; begin += options_.batch) {
    const std::int64_t count = std::min(options_.batch, total - begin);
    const Tensor indices = at::arange(begin, begin + count, features[0].offsets.options());
    images.push_back(sample_batch(
        select_prompts(features, indices),
        keys.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(count))));
  }
  return at::cat(images);
}

Tensor EulerSampler::sample_batch(const FrozenFeatures& features,
                                  std::span<const SampleKey> keys) const {
  const auto count = static_cast<std::int64_t>(keys.size());
  const bool guided = options_.guidance != 1;
  const std::int64_t rows = guided ? 2 * count : count;  // R: prompts, then their null halves
  const at::ScalarType type = backbone_->parameters().front().scalar_type();
  const Tensor noise = initial_noise(keys);                                        // (B,C,H,W)
  const Tensor keep = at::arange(rows, noise.options().dtype(at::kLong)) < count;  // (R)
  const Tensor twice = at::arange(rows, features[0].offsets.options()).remainder_(count);
  const FrozenFeatures stacked = guided ? select_prompts(features, twice) : features;

  std::optional<Conditioning> constant;  // of a conditioner that does not depend on time
  const auto velocity = [&](const Tensor& x, double t) {
    const Tensor times = at::full({1}, t, noise.options());
    const Tensor time = backbone_->time_embedding(times).expand({rows, -1});  // (R,D)
    if (!constant || conditioner_->depends_on_time())
      constant = conditioner_->condition(stacked, time, keep);
    const Tensor x_t = guided ? at::cat({x, x}) : x;  // (R,C,H,W)
    const Tensor output = backbone_->forward(x_t.to(type), time, *constant).to(at::kFloat);
    return guided ? guide(velocity_of(options_.prediction, output, x_t, t), options_.guidance)
                  : velocity_of(options_.prediction, output, x_t, t);
  };
  return integrate_euler(noise, time_grid(options_.grid, options_.steps), velocity).to(at::kCPU);
}

Tensor EulerSampler::initial_noise(std::span<const SampleKey> keys) const {
  const LiDiTOptions& shape = backbone_->options;
  std::vector<Tensor> noise;
  for (const auto& [prompt, image] : keys)
    noise.push_back(normal_tensor(Philox(options_.seed, "sample:" + prompt, image),
                                  {shape.channels, shape.image_size, shape.image_size}));
  return at::stack(noise).to(backbone_->parameters().front().device());
}

}  // namespace lidit
