// GenEval: prompts with what an image of each must and must not show.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/errors.h"

namespace lidit::benchmarks {

/// The relation of a clause's objects to those of an earlier clause.
struct GenEvalPosition {
  std::string relation;  // left of, right of, above, below
  std::size_t target;    // number of that clause
};

/// `count` objects of a class, of one colour, somewhere.
struct GenEvalClause {
  std::string object;
  std::int64_t count = 1;
  std::optional<std::string> color{};
  std::optional<GenEvalPosition> position{};
};

/// One line of evaluation_metadata.jsonl.
struct GenEvalPrompt {
  std::string tag;                     // the task
  std::string prompt;                  // the exact text
  std::vector<GenEvalClause> include;  // all must hold
  std::vector<GenEvalClause> exclude;  // so many objects or more are wrong
  std::string metadata;                // the line itself
};

/// The six tasks, in the order of the published table.
inline constexpr std::string_view kGenEvalTasks[] = {"single_object", "two_object", "counting",
                                                     "colors",        "position",   "color_attr"};
inline constexpr std::string_view kGenEvalColors[] = {
    "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white"};

/// All lines; FileError naming `where` and the line for an unknown task, colour or relation, for a
/// position that points to itself or to a later clause, for two equal prompts, and for no prompt.
std::vector<GenEvalPrompt> parse_geneval(std::string_view text, std::string_view where);

}  // namespace lidit::benchmarks
