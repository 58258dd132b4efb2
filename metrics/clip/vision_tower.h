// CLIP's vision tower (Radford et al. 2021): a ViT whose class token is read.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "encoders/llm/clip/model.h"

namespace lidit {

struct ClipVisionConfig {
  std::int64_t image, patch;  // pixels a side; patch divides image
  std::int64_t width, depth, heads, hidden;
  double norm_epsilon;
  bool quick_gelu;
};

inline constexpr std::int64_t kMaximumClipImage = 4096;  // pixels a side
/// FileError that begins with `where` when sizes do not fit each other.
void check(const ClipVisionConfig& config, std::string_view where);
/// Named as in Hugging Face's vision model, without "vision_model.".
std::vector<ExpectedTensor> expected_tensors(const ClipVisionConfig& config);

struct ClipVisionSize {
  std::string_view name;
  ClipVisionConfig config;
};
/// Known sizes, a tiny one for tests first; the names are those of clip_sizes().
std::span<const ClipVisionSize> clip_vision_sizes();

class ClipVisionTower {
 public:
  ClipVisionTower(const ClipVisionConfig& config, const NamedWeights& weights, at::ScalarType dtype,
                  c10::Device device);
  const ClipVisionConfig& config() const { return config_; }
  /// Normalised pixels (N,3,S,S) -> (N,D): the class token after the last norm.
  Tensor forward(const Tensor& pixels) const;

 private:
  Tensor embed(const Tensor& pixels) const;  // -> (N,1+P,D)

  ClipVisionConfig config_;
  Tensor class_token_, patches_, positions_;
  FrozenNorm first_norm_, last_norm_;
  std::vector<ClipBlock> blocks_;
};

}  // namespace lidit
