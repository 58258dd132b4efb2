// results.jsonl of GenEval's evaluator: what a detector found in each image.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/judges/judge_file.h"

namespace lidit::benchmarks {

/// One object: x0, y0, x1, y1 in pixels, how sure the detector is, and its colour if it was asked.
struct Detection {
  std::array<double, 4> box;
  double confidence;
  std::optional<std::string> color{};
};

struct GenEvalResult {
  std::string where;              // in the judge file
  std::int64_t prompt, image;     // from "00012/samples/0003.png"
  std::string prompt_text, tag;   // as the judge saw them
  std::optional<bool> correct{};  // the evaluator's own verdict
  std::map<std::string, std::vector<Detection>, std::less<>> details{};  // by class
};

struct GenEvalResults {
  std::vector<GenEvalResult> results;
  Claims claims;
};

/// A line an image: filename, tag, prompt, correct (may be absent) and details, an object or a text
/// that holds one: class -> list of [x0, y0, x1, y1, confidence]. Beyond the evaluator's own output
/// "colors" may give the colour of each of these boxes: class -> list of texts. FileError for all
/// else.
GenEvalResults parse_geneval_results(std::string_view text, std::string_view where);

}  // namespace lidit::benchmarks
