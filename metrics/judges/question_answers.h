// What a VQA model answered to the questions about each image: DSG-1k, DPG-Bench, TIFA,
// GenAI-Bench.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/judges/judge_file.h"

namespace lidit::benchmarks {

/// The answers about one image (DPG-Bench: one tile of an item's picture).
struct GraphAnswers {
  std::string where, item;
  std::int64_t image = 0;
  std::map<std::int64_t, std::string> answers{};  // by proposition_id; any text, even none
};

struct GraphAnswerSheet {
  std::vector<GraphAnswers> images;
  Claims claims;
};

/// Lines {"item_id", "tile" (absent: 0), "answers": {"1": "yes", "2": "no bus"}}. FileError for all
/// else.
GraphAnswerSheet parse_graph_answers(std::string_view text, std::string_view where);

/// The answers to a caption's multiple-choice questions, in their order.
struct ChoiceAnswers {
  std::string where, caption;
  std::vector<std::string> answers{};
};

struct ChoiceAnswerSheet {
  std::vector<ChoiceAnswers> captions;
  Claims claims;
};

/// Lines {"id", "answers": ["yes", "surfer"]}. FileError for all else.
ChoiceAnswerSheet parse_choice_answers(std::string_view text, std::string_view where);

/// One number for an image: VQAScore.
struct PromptScore {
  std::string where, prompt;
  std::string system{};  // whose image it is; empty where only one system is judged
  double value = 0;
};

struct PromptScoreSheet {
  std::vector<PromptScore> scores;
  Claims claims;
};

/// Lines {"id", "score"} with a number in 0..1, and "model" where several systems are judged.
/// FileError for all else.
PromptScoreSheet parse_prompt_scores(std::string_view text, std::string_view where);

}  // namespace lidit::benchmarks
