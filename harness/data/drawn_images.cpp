#include "harness/data/drawn_images.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "metrics/alignment/score_sheet.h"
#include "metrics/scenes/import_images.h"

namespace lidit {

DrawnSplit load_drawn_split(const WorldData& data, const EvaluationSplit& split,
                            const ImageFolderOptions& options) {
  const auto found = scenes::import_images(data.world, split.name, split.examples, options.folder);
  DrawnSplit drawn{.split = {.name = split.name, .examples = {}}};
  std::vector<Tensor> images;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const scenes::Example& example = split.examples[i];
    if (!found[i]) {
      drawn.missing.push_back(fmt::format("{}/{}", split.name, example.index));
      continue;
    }
    drawn.split.examples.push_back(example);
    images.push_back(to_tensor(*found[i]));
  }
  if (images.empty() || (!drawn.missing.empty() && !options.allow_missing))
    throw UserError(fmt::format(
        "{}: {}; {}", options.folder.string(),
        benchmarks::describe_missing(drawn.missing, std::ssize(split.examples)),
        images.empty() ? "nothing is left to score"
                       : "images.allow_missing (--allow-missing) scores the rest and marks it"));
  drawn.images = at::stack(images);
  return drawn;
}

}  // namespace lidit
