// The language models that `lidit bench` measures: every size of every family, as shapes.
#pragma once
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "encoders/llm/language_model.h"
#include "metrics/throughput/flops.h"

namespace lidit {

struct BenchEncoder {
  std::string_view name;
  LanguageModelShape shape;
  /// Of the blocks up to the state that strategies read: the third-to-last of a causal model, the
  /// last of another.
  throughput::EncoderShape counted;
  /// With all its blocks, or with the first `blocks` of them and a small vocabulary; tiled weights.
  std::function<std::shared_ptr<const LanguageModel>(std::int64_t blocks, at::ScalarType dtype,
                                                     c10::Device device)>
      make;
};

/// All sizes, the tiny ones for tests too.
std::vector<BenchEncoder> bench_encoders();
/// Throws SpecError with the choices.
BenchEncoder bench_encoder(std::string_view name);
/// What is measured unless told otherwise: 135M to 8B.
std::vector<std::string> default_bench_encoders();

}  // namespace lidit
