// DPG-Bench: long prompts, one text file each.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "results/errors.h"

namespace lidit::benchmarks {

struct DpgPrompt {
  std::string id;    // the file's name without ".txt"
  std::string text;  // without the line end that one published file has

  bool operator==(const DpgPrompt&) const = default;
};

/// {"item_id", "prompt"} a line; FileError for an id given twice, an empty prompt and no prompts.
std::vector<DpgPrompt> parse_dpg_prompts(std::string_view text, std::string_view where);

/// The *.txt files of a folder as it is published, ordered by name; FileError as above, and for a
/// file of more than one line.
std::vector<DpgPrompt> load_dpg_folder(const std::filesystem::path& folder);

/// What an item's id says of where its prompt is from: its letters, or "numeric".
std::string dpg_source(std::string_view id);

}  // namespace lidit::benchmarks
