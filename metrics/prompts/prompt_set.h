// All prompt sets that come with the program, as one table.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/errors.h"

namespace lidit::benchmarks {

struct BenchmarkPrompt {
  std::string id;        // as the benchmark itself counts or calls it
  std::string text;      // exact
  std::string category;  // task, attribute or source

  bool operator==(const BenchmarkPrompt&) const = default;
};

/// As many prompts as were published; of T2I-CompBench in each category's validation list, of
/// GenAI-Bench those with ratings of people.
inline constexpr std::int64_t kGenEvalPrompts = 553, kCompBenchPrompts = 300, kDpgPrompts = 1065,
                              kDsgPrompts = 1060, kGenAiRatedPrompts = 527;

struct PromptSetEntry {
  std::string_view name, licence, summary;
  std::int64_t prompts;  // as published
  std::vector<BenchmarkPrompt> (*load)(const std::filesystem::path& data);
};

/// Where the files are in a checkout.
std::filesystem::path prompt_data(const std::filesystem::path& source);

/// Written by hand: one line a set. `load` takes what prompt_data gives.
std::span<const PromptSetEntry> prompt_set_table();

/// All prompts of a set; FileError when the file holds another number of prompts than was published
/// or two prompts of one id.
std::vector<BenchmarkPrompt> load_prompt_set(const PromptSetEntry& entry,
                                             const std::filesystem::path& data);

}  // namespace lidit::benchmarks
