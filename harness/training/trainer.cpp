#include "harness/training/trainer.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "harness/training/draws.h"
#include "harness/training/flop_counter.h"
#include "harness/training/gradients.h"
#include "harness/training/learning_rate.h"

namespace lidit {
namespace {

constexpr std::int64_t kStepsBetweenChecks = 50;  // where looking at the loss means waiting

NamedTensors named_parameters(const std::string& prefix, const torch::nn::Module& module) {
  NamedTensors all;
  for (const auto& item : module.named_parameters())
    all.push_back({prefix + item.key(), item.value()});
  return all;
}

TrainOptions checked(const TrainOptions& options) {
  check(options);
  return options;
}

void append(NamedTensors& all, NamedTensors more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

}  // namespace

NamedTensors all_parameters(const LiDiTImpl& backbone, const Conditioner& conditioner) {
  NamedTensors all = named_parameters("backbone.", backbone);
  append(all, named_parameters("conditioner.", conditioner));
  return all;
}

NamedTensors fitted_buffers(const Conditioner& conditioner) {
  NamedTensors all;
  for (const auto& item : conditioner.named_buffers())
    all.push_back({"conditioner." + item.key(), item.value()});
  return all;
}

Diverged::Diverged(std::int64_t step, const std::string& reason)
    : std::runtime_error(fmt::format("diverged at step {}: {}", step, reason)), step_(step) {}

Trainer::Trainer(LiDiT backbone, std::shared_ptr<Conditioner> conditioner,
                 const TrainOptions& options)
    : backbone_(std::move(backbone)),
      conditioner_(std::move(conditioner)),
      options_(checked(options)),
      parameters_(all_parameters(*backbone_, *conditioner_)),
      ema_(parameters_, options.ema) {
  for (const auto& [name, parameter] : parameters_) values_.push_back(parameter);
  NamedTensors matrices, rest, conditioner_parameters;
  const std::vector<Tensor> hidden = backbone_->hidden_matrices();
  for (const NamedTensor& parameter : parameters_) {
    const bool is_hidden = std::any_of(hidden.begin(), hidden.end(), [&](const Tensor& matrix) {
      return matrix.is_same(parameter.tensor);
    });
    if (parameter.name.starts_with("conditioner."))
      conditioner_parameters.push_back(parameter);
    else if (options_.optimizer == OptimizerKind::muon && is_hidden)
      matrices.push_back(parameter);
    else
      rest.push_back(parameter);
  }
  const AdamWOptions adamw{
      .beta1 = options_.beta1, .beta2 = options_.beta2, .weight_decay = options_.weight_decay};
  muon_.emplace(matrices);
  backbone_adamw_.emplace(std::move(rest), adamw);
  conditioner_adamw_.emplace(std::move(conditioner_parameters), adamw);
}

Tensor Trainer::step(const Tensor& images, const FrozenFeatures& features) {
  TORCH_CHECK(completed_ < options_.steps, "the run of ", options_.steps, " steps is over");
  conditioner_->progress(static_cast<double>(completed_) / static_cast<double>(options_.steps));
  const Tensor value = loss(images, features);
  value.backward();
  const Tensor gradient_norm = clip_gradients(values_, options_.clip);
  check_finite(value, gradient_norm);
  update_weights();
  ++completed_;
  return value.detach();
}

double Trainer::flops_per_step(const Tensor& images, const FrozenFeatures& features) {
  const at::NoGradGuard no_grad;
  return 3 * count_flops([&] { loss(images, features); });
}

Tensor Trainer::loss(const Tensor& images, const FrozenFeatures& features) {
  const auto draws = [&](std::string_view stream) {
    return Philox(options_.seed, stream, static_cast<std::uint64_t>(completed_));
  };
  const std::int64_t batch = images.size(0);
  const Tensor noise = normal_tensor(draws("noise"), images.sizes()).to(images.options());
  const Tensor t = draw_timesteps(options_.density, draws("timesteps"), batch).to(images.options());
  const Tensor keep = keep_mask(draws("captions"), batch, options_.drop).to(images.device());

  const Tensor time = backbone_->time_embedding(t);  // (B,D)
  const Conditioning conditioning = conditioner_->condition(features, time, keep);
  const Tensor output = backbone_->forward(interpolate(noise, images, t), time, conditioning);
  return at::mse_loss(output, training_target(options_.prediction, noise, images));
}

void Trainer::update_weights() {
  const double factor = learning_rate_factor(completed_, options_.warmup, options_.steps);
  muon_->step(options_.muon_lr * factor);
  backbone_adamw_->step(options_.backbone_lr * factor);
  conditioner_adamw_->step(options_.conditioner_lr * factor);
  clear_gradients(values_);
  ema_.update(completed_);
}

void Trainer::check_finite(const Tensor& loss, const Tensor& gradient_norm) const {
  const bool look =
      loss.is_cpu() || completed_ % kStepsBetweenChecks == 0 || completed_ + 1 == options_.steps;
  if (!look) return;
  const auto refuse_unless_finite = [&](std::string_view what, double value) {
    if (!std::isfinite(value)) throw Diverged(completed_, fmt::format("{} is {}", what, value));
  };
  refuse_unless_finite("the loss", loss.item<double>());
  refuse_unless_finite("the gradient's norm", gradient_norm.item<double>());
}

NamedTensors Trainer::state() const {
  NamedTensors all = parameters_;
  append(all, ema_.state());
  append(all, buffers());
  append(all, muon_->state());
  append(all, backbone_adamw_->state());
  append(all, conditioner_adamw_->state());
  return all;
}

void Trainer::resume_at(std::int64_t completed) {
  TORCH_CHECK(completed >= 0 && completed <= options_.steps, "cannot resume a run of ",
              options_.steps, " steps at ", completed);
  completed_ = completed;
}

}  // namespace lidit
