// GenEval: is what was asked for among what a detector found?
#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/alignment/benchmark_score.h"
#include "metrics/judges/geneval_results.h"
#include "metrics/prompts/geneval_prompts.h"

namespace lidit::benchmarks {

inline constexpr std::int64_t kGenEvalImages = 4;  // of each prompt

/// The relations in which `a` stands to `b`, by the distance of their centres beyond a tenth of
/// their sizes; none where that is nothing.
std::set<std::string> geneval_relations(const Detection& a, const Detection& b);

/// Whether the detections show the prompt, and if not why ("1 of 2 clock"). The verdict is absent
/// where it hangs on colours that the judge did not give.
struct GenEvalVerdict {
  std::optional<bool> correct;
  std::string reason;
};
GenEvalVerdict judge_geneval(const GenEvalPrompt& prompt, const GenEvalResult& result);

/// Per task the mean over images; overall the unweighted mean of the tasks; correct_prompts, the
/// share of prompts of which any image is right. Each verdict is recomputed from the boxes; the
/// evaluator's own is taken only where it alone knows the colours, and is a FileError where it
/// contradicts the boxes.
BenchmarkScore score_geneval(const std::vector<GenEvalPrompt>& prompts,
                             const GenEvalResults& results, Missing missing,
                             std::string_view where);

}  // namespace lidit::benchmarks
