// The drawn world as training and evaluation data: prompts for the encoder, images for the
// backbone, examples for the verifier.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "encoders/features.h"
#include "encoders/prompt.h"
#include "metrics/scenes/world.h"

namespace lidit {

/// One split as it is evaluated.
struct EvaluationSplit {
  std::string name;
  std::vector<scenes::Example> examples;
  std::int64_t first_prompt = 0;  // example i has prompt first_prompt + i of WorldData::prompts
};

struct WorldDataOptions {
  scenes::WorldSettings world;
  std::vector<std::string> splits;  // to evaluate
  std::int64_t prompts = 0;         // per split; rotated splits: rounded down to whole sets
};

/// Prompts: the training pool first, then the splits one after the other.
struct WorldData {
  scenes::World world;
  std::vector<Prompt> prompts{};
  std::int64_t training_prompts = 0;
  Tensor images{};  // (N,3,H,W) fp32 in [-1,1]: the training pool's pictures
  std::vector<EvaluationSplit> splits{};

  /// Throws SpecError that names the choices.
  const EvaluationSplit& split(std::string_view name) const;
};

/// Throws SpecError on an unknown split or preset.
WorldData make_world_data(const WorldDataOptions& options);

/// (3,H,W) fp32, a copy.
Tensor to_tensor(const scenes::Image& image);
/// The image (3,H,W) on the CPU; TORCH_CHECK on another shape.
scenes::Image to_image(const Tensor& image);

}  // namespace lidit
