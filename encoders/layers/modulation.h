// Adaptive modulation: a vector of conditions sets shift, scale and gate of each sub-layer.
#pragma once
#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>

#include <cstdint>
#include <vector>

namespace lidit {

using at::Tensor;

/// What gates are before training. zero: every gated sub-layer starts as nothing, a block as the
/// identity (paper section 3.1); one: as a plain residual; hundredth: nearly as nothing, as with
/// LayerScale (Touvron et al. 2021).
enum class GateInit { zero, one, hundredth };
double gate_value(GateInit init);

/// x * (1 + scale) + shift.
Tensor modulate(const Tensor& x, const Tensor& shift, const Tensor& scale);

/// The vectors of one sub-layer, each (B,1,D), or (1,1,D) where they do not depend on the prompt.
struct SublayerModulation {
  Tensor shift, scale, gate;  // undefined where there is no such vector

  /// x, shifted and scaled if that is part of it.
  Tensor enter(const Tensor& x) const;
  /// x + gate * y, or x + y without a gate.
  Tensor leave(const Tensor& x, const Tensor& y) const;
};

struct ModulationOptions {
  std::int64_t width;
  std::int64_t sublayers;
  bool shift_and_scale = true;
  bool gates = true;
  bool constant = false;  // learned vectors that no condition moves, instead of a map of c
  GateInit gate = GateInit::zero;
};

/// Linear(SiLU(c)) cut into the vectors of each sub-layer, in the order shift, scale, gate.
class ModulationImpl : public torch::nn::Module {
 public:
  explicit ModulationImpl(const ModulationOptions& options);
  /// c (B,D); not read, and may be undefined, where the vectors are constant.
  std::vector<SublayerModulation> forward(const Tensor& c);
  /// Weights, shifts and scales zero, gates as of the options.
  void reset();

  torch::nn::Linear linear{nullptr};  // empty where the vectors are constant
  Tensor bias;                        // the vectors themselves, where they are constant

 private:
  std::int64_t vectors() const {  // of one sub-layer
    return (options_.shift_and_scale ? 2 : 0) + (options_.gates ? 1 : 0);
  }

  ModulationOptions options_;
};
TORCH_MODULE(Modulation);

}  // namespace lidit
