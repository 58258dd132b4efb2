// One training run: backbone and conditioner learn together on frozen features.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "encoders/conditioner.h"
#include "harness/backbone/lidit.h"
#include "harness/training/adamw.h"
#include "harness/training/ema.h"
#include "harness/training/muon.h"
#include "harness/training/train_options.h"

namespace lidit {

/// The loss or the gradient is no longer a number: the run has failed, the sweep goes on.
class Diverged : public std::runtime_error {
 public:
  Diverged(std::int64_t step, const std::string& reason);
  std::int64_t step() const { return step_; }

 private:
  std::int64_t step_;
};

/// "backbone.<name>" and "conditioner.<name>", as handles.
NamedTensors all_parameters(const LiDiTImpl& backbone, const Conditioner& conditioner);
/// "conditioner.<name>": what the conditioner was fitted to and does not train, as handles.
NamedTensors fitted_buffers(const Conditioner& conditioner);

class Trainer {
 public:
  /// Throws SpecError when the options contradict each other.
  Trainer(LiDiT backbone, std::shared_ptr<Conditioner> conditioner, const TrainOptions& options);

  /// One optimiser step on images (B,C,H,W) and the features of their B captions; the loss as a
  /// detached scalar. Noise, timesteps and dropped captions are keyed by (seed, step) alone: they
  /// are the same for every strategy, thread count and resumption. Throws Diverged; off the CPU,
  /// where looking means waiting, only every 50 steps and at the last one.
  Tensor step(const Tensor& images, const FrozenFeatures& features);

  /// FLOPs of a step on such a batch: three times the forward pass (once forward, twice backward;
  /// the optimiser is not counted).
  double flops_per_step(const Tensor& images, const FrozenFeatures& features);

  /// Steps done so far: the next one has this number.
  std::int64_t completed_steps() const { return completed_; }
  const TrainOptions& options() const { return options_; }
  Ema& ema() { return ema_; }
  const Ema& ema() const { return ema_; }

  const NamedTensors& parameters() const { return parameters_; }
  NamedTensors buffers() const { return fitted_buffers(*conditioner_); }
  /// Everything that a resumed run needs but completed_steps(): weights, averages, buffers,
  /// optimisers.
  NamedTensors state() const;
  /// The run goes on as if `completed` steps had been done; the state is loaded by the caller.
  void resume_at(std::int64_t completed);

 private:
  Tensor loss(const Tensor& images, const FrozenFeatures& features);
  void update_weights();
  void check_finite(const Tensor& loss, const Tensor& gradient_norm) const;

  LiDiT backbone_;
  std::shared_ptr<Conditioner> conditioner_;
  TrainOptions options_;
  NamedTensors parameters_;
  std::vector<Tensor> values_;  // of parameters_
  std::optional<Muon> muon_;
  std::optional<AdamW> backbone_adamw_, conditioner_adamw_;
  Ema ema_;
  std::int64_t completed_ = 0;
};

}  // namespace lidit
