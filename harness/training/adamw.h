// AdamW (Loshchilov & Hutter 2019) over a list of tensors in one fused call.
#pragma once
#include <vector>

#include "harness/training/named_tensor.h"

namespace lidit {

struct AdamWOptions {
  double beta1 = 0.9, beta2 = 0.98, eps = 1e-8, weight_decay = 0;
};

class AdamW {
 public:
  /// Parameters of one device and type; all need gradients.
  AdamW(NamedTensors parameters, const AdamWOptions& options);
  /// One update from the parameters' gradients; a parameter without a gradient is left alone.
  void step(double learning_rate);
  /// Moments and step counts, as handles: "adamw.mean.<parameter>" and so on.
  NamedTensors state() const;

 private:
  NamedTensors parameters_;
  AdamWOptions options_;
  std::vector<Tensor> means_, squares_, steps_;  // per parameter; steps_ are fp32 scalars
};

}  // namespace lidit
