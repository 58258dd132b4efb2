// Questions about a prompt and which of them presuppose which: the nine-column CSV of DSG-1k and
// DPG-Bench.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "results/errors.h"

namespace lidit::benchmarks {

struct Question {
  std::int64_t id;                    // proposition_id, unique within its item
  std::vector<std::int64_t> parents;  // ids of the questions that this one presupposes; no 0
  std::string category;               // category_broad: entity, attribute, relation, global, other
  std::string detail;                 // the tuple before '(': "attribute - color"
  std::string text;                   // question_natural_language
};

/// One prompt with its questions, in file order.
struct QuestionItem {
  std::string id;
  std::string prompt;
  std::vector<Question> questions;

  /// The place of the question of that id, or questions.size().
  std::size_t find(std::int64_t id) const;
};

struct QuestionGraph {
  std::vector<QuestionItem> items;
  // What published files are known to get wrong, counted and kept:
  std::int64_t unreadable_dependencies = 0;  // words among the ids: "5, right"
  std::int64_t unknown_parents = 0;          // ids that no question of the item has
  std::int64_t forward_references = 0;       // a parent that stands later in the file
  std::int64_t self_references = 0;

  std::int64_t questions() const;
};

/// Columns item_id, text, keywords, proposition_id, dependency, category_broad, category_detailed,
/// tuple, question_natural_language, found by name. `dependency` is read leniently: ids with
/// commas, 0 for none. Where it has words, the whole item loses its dependencies, as in DSG's own
/// code. FileError naming `where` and the line for a broken table, an id that is no positive
/// number, an id given twice, an item with two texts or in two places, and for no question at all.
QuestionGraph parse_question_graph(std::string_view text, std::string_view where);

}  // namespace lidit::benchmarks
