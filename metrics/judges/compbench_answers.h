// What T2I-CompBench's judges said: answers to questions about noun phrases, or one number an
// image.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/judges/judge_file.h"

namespace lidit::benchmarks {

struct CompBenchAnswer {
  std::string where, category;
  std::int64_t question_id = 0;          // running number of the image in its category
  std::optional<std::string> image{};    // its file name, when the judge said it
  std::vector<std::string> questions{};  // noun phrases, with or without '?'
  std::vector<double> answers{};         // P(yes) of each
  std::optional<double> finished{};      // the image's score, where that is all there is
};

struct CompBenchAnswers {
  std::vector<CompBenchAnswer> answers;
  Claims claims;
};

/// Lines {"category", "question_id", "questions": [...], "answers": [...]} or {"category",
/// "question_id", "answer"}; answers are numbers in 0..1 or texts of them. `category` fills in for
/// files of one category, which do not name it. FileError for all else.
CompBenchAnswers parse_compbench_answers(std::string_view text, std::string_view where,
                                         std::string_view category = "");

/// A file of such lines, or a folder as the published scripts leave it: CATEGORY/annotation_*/
/// vqa_result.json.
CompBenchAnswers load_compbench_answers(const std::filesystem::path& path);

}  // namespace lidit::benchmarks
