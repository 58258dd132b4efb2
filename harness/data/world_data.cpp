#include "harness/data/world_data.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "results/errors.h"
#include "results/names.h"

namespace lidit {
namespace {

EvaluationSplit make_split(const scenes::World& world, const std::string& name,
                           std::int64_t prompts) {
  EvaluationSplit split{.name = name, .examples = {}};
  const scenes::Split& info = world.split(name);
  if (info.rotated) prompts -= prompts % info.most_objects;
  for (std::int64_t i = 0; i < prompts; ++i) split.examples.push_back(world.example(name, i));
  return split;
}

}  // namespace

const EvaluationSplit& WorldData::split(std::string_view name) const {
  std::vector<std::string> names;
  for (const EvaluationSplit& split : splits) {
    if (split.name == name) return split;
    names.push_back(split.name);
  }
  throw SpecError(unknown_name("evaluated split", name, names));
}

WorldData make_world_data(const WorldDataOptions& options) {
  WorldData data{.world = scenes::World(options.world)};
  const scenes::World& world = data.world;
  data.training_prompts = world.captions();
  std::vector<Tensor> images;
  for (std::int64_t i = 0; i < world.captions(); ++i) {
    const scenes::Example example = world.example("train", i);
    data.prompts.push_back({example.caption.text});
    images.push_back(to_tensor(world.draw(example.scene)));
  }
  data.images = at::stack(images);  // (N,3,H,W)
  for (const std::string& name : options.splits) {
    EvaluationSplit split = make_split(world, name, options.prompts);
    split.first_prompt = static_cast<std::int64_t>(data.prompts.size());
    for (const scenes::Example& example : split.examples)
      data.prompts.push_back({example.caption.text});
    data.splits.push_back(std::move(split));
  }
  return data;
}

Tensor to_tensor(const scenes::Image& image) {
  return at::tensor(at::ArrayRef<float>(image.pixels)).view({3, image.height, image.width});
}

scenes::Image to_image(const Tensor& image) {
  TORCH_CHECK(image.dim() == 3 && image.size(0) == 3, "an image is (3,H,W), got ", image.sizes());
  const Tensor values = image.to(at::kCPU, at::kFloat).contiguous();
  const float* begin = values.const_data_ptr<float>();
  return {.width = static_cast<int>(values.size(2)),
          .height = static_cast<int>(values.size(1)),
          .pixels = std::vector<float>(begin, begin + values.numel())};
}

}  // namespace lidit
