#include "harness/training/train_options.h"

#include <fmt/format.h>

#include <cmath>

namespace lidit {
namespace {

template <class T>
void require(bool holds, std::string_view setting, T value, std::string_view need) {
  if (!holds) throw SpecError(fmt::format("{} must be {}, got {}", setting, need, value));
}

void require_rate(std::string_view setting, double rate) {
  require(rate > 0 && std::isfinite(rate), setting, rate, "a positive number");
}

void require_fraction(std::string_view setting, double value) {
  require(value >= 0 && value < 1, setting, value, "at least 0 and less than 1");
}

}  // namespace

void check(const TrainOptions& options) {
  require(options.steps >= 1, "the number of training steps", options.steps, "at least 1");
  require(options.batch >= 1, "the training batch", options.batch, "at least 1");
  require(
      options.warmup >= 0 && options.warmup < options.steps, "warm-up", options.warmup,
      fmt::format("between 0 and the number of training steps less one ({})", options.steps - 1));
  require_rate("the backbone's learning rate", options.backbone_lr);
  require_rate("the conditioner's learning rate", options.conditioner_lr);
  require_rate("Muon's learning rate", options.muon_lr);
  require_rate("the gradient clip", options.clip);
  require_fraction("beta1", options.beta1);
  require_fraction("beta2", options.beta2);
  require_fraction("the EMA's decay", options.ema);
  require_fraction("the caption drop rate", options.drop);
  require(options.weight_decay >= 0 && std::isfinite(options.weight_decay), "weight decay",
          options.weight_decay, "a finite number of at least 0");
}

}  // namespace lidit
