// A whole CLIP model on disk, in Hugging Face's or in OpenCLIP's naming.
#pragma once
#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "encoders/llm/clip/config.h"
#include "encoders/llm/family_table.h"
#include "metrics/clip/vision_tower.h"

namespace lidit {

/// What is known of a model before its weights are read.
struct ClipSettings {
  ClipConfig text;
  ClipVisionConfig vision;
  std::int64_t projection;  // width of the space that both towers meet in
  std::array<double, 3> mean{0.48145466, 0.4578275, 0.40821073};  // of pixels in 0..1
  std::array<double, 3> deviation{0.26862954, 0.26130258, 0.27577711};
};

struct ClipFiles {
  ClipSettings settings;
  std::vector<std::filesystem::path> weights;
  std::filesystem::path tokenizer;
  bool open_clip = false;  // OpenCLIP's names
};

/// The files of a folder, or of a name in `home`/models: config.json (of the whole model) and
/// model.safetensors, or open_clip_config.json and open_clip_model.safetensors; tokenizer.json in
/// both. UserError and FileError name what is missing or cannot be computed: other ways to pool, to
/// mask or to prepare pictures are refused, not ignored.
ClipFiles find_clip(const std::string& name_or_path, const std::filesystem::path& home);

/// The three parts of the weights under Hugging Face's names.
struct ClipWeights {
  std::unique_ptr<const NamedWeights> text, vision;
  Tensor text_projection, visual_projection;  // (P,D), fp32
  double logit_scale = 0;                     // what cosines are multiplied with
};
/// FileError that lists what is missing or misshaped.
ClipWeights open_clip_weights(const ClipFiles& files);

/// Number of weights of the whole model.
std::int64_t parameter_count(const ClipSettings& settings);

}  // namespace lidit
