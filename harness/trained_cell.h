// A cell whose weights are there, found by its record.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "harness/home.h"
#include "results/fields.h"

namespace lidit {

struct TrainedCell {
  std::filesystem::path folder, weights;
  std::string name;  // "raw language model, seed 0"
  Fields asked;      // every setting of its run
};

/// `record`: a folder, or the first digits of the name of one in the home. Throws UserError, which
/// begins with the `command` that asked, for a record without weights.
TrainedCell find_trained_cell(const std::string& record, const Home& home,
                              std::string_view command);

}  // namespace lidit
