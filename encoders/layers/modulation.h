// Adaptive modulation: a vector of conditions sets shift, scale and gate of each sub-layer.
#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>

#include <cstdint>
#include <vector>

namespace lidit {

using at::Tensor;

/// What gates are before training. zero: every gated sub-layer starts as nothing, a block as the
/// identity (paper section 3.1); one: as a plain residual.
enum class GateInit { zero, one };

/// x * (1 + scale) + shift.
Tensor modulate(const Tensor& x, const Tensor& shift, const Tensor& scale);

/// The vectors of one sub-layer, each (B,1,D); shift and scale are undefined where only gates are.
struct SublayerModulation {
  Tensor shift, scale, gate;
};

struct ModulationOptions {
  std::int64_t width;
  std::int64_t sublayers;
  bool shift_and_scale = true;  // false: gates alone
  GateInit gate = GateInit::zero;
};

/// Linear(SiLU(c)) cut into the vectors of each sub-layer, in the order shift, scale, gate.
class ModulationImpl : public torch::nn::Module {
 public:
  explicit ModulationImpl(const ModulationOptions& options);
  std::vector<SublayerModulation> forward(const Tensor& c);  // c (B,D)
  /// Weights, shifts and scales zero, gates as of the options.
  void reset();

  torch::nn::Linear linear{nullptr};

 private:
  std::int64_t vectors() const { return options_.shift_and_scale ? 3 : 1; }  // of one sub-layer

  ModulationOptions options_;
};
TORCH_MODULE(Modulation);

}  // namespace lidit
