// Exponential moving average of weights, and sampling with it.
#pragma once
#include <vector>

#include "harness/training/named_tensor.h"

namespace lidit {

class Ema {
 public:
  /// Starts as a copy of the parameters.
  Ema(NamedTensors parameters, double decay);
  /// After optimiser step number `step` (from 0). The decay rises as (1+step)/(10+step) up to its
  /// final value, so that short runs do not keep their first weights.
  void update(std::int64_t step);
  /// "ema.<parameter>", as handles.
  NamedTensors state() const;
  static std::string name_of(const std::string& parameter) { return "ema." + parameter; }

 private:
  friend class EmaWeights;
  NamedTensors parameters_;
  std::vector<Tensor> values_, averages_;
  double decay_;
};

/// While it lives, the parameters hold their averages; then their own values again.
class EmaWeights {
 public:
  explicit EmaWeights(Ema& ema);
  ~EmaWeights();
  EmaWeights(const EmaWeights&) = delete;
  EmaWeights& operator=(const EmaWeights&) = delete;

 private:
  void swap();
  Ema& ema_;
};

}  // namespace lidit
