// Pictures of another system for the splits of a cell.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "harness/data/world_data.h"
#include "harness/settings.h"

namespace lidit {

/// A split as far as it was drawn.
struct DrawnSplit {
  EvaluationSplit split;               // the examples that have a picture
  Tensor images{};                     // (N,3,H,W), their pictures
  std::vector<std::string> missing{};  // ids of the others
};

/// UserError that lists what is missing, unless that is allowed; FileError for a folder of another
/// world and for unreadable pictures.
DrawnSplit load_drawn_split(const WorldData& data, const EvaluationSplit& split,
                            const ImageFolderOptions& options);

}  // namespace lidit
