// A record whose weights can draw or be probed.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "harness/home.h"
#include "results/record.h"

namespace lidit {

struct TrainedCell {
  std::filesystem::path folder, weights;
  Record record;
};

/// What `name` says: a record's folder, or the first digits of its fingerprint. UserError that
/// begins with `command` when it has no weights, or when the files of its language model are not
/// those that it was trained with.
TrainedCell find_trained_cell(const std::string& name, std::string_view command, const Home& home);

/// A cell of these settings that differs in the user's own metrics alone, trained from the same
/// files by a program of the same numerics: its weights are those that training would end with
/// again.
std::optional<TrainedCell> find_trained_twin(const Fields& resolved, const Home& home);

}  // namespace lidit
