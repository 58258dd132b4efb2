// TIFA: the share of a caption's multiple-choice questions that are answered as expected.
#pragma once
#include <string_view>
#include <vector>

#include "metrics/alignment/benchmark_score.h"
#include "metrics/judges/question_answers.h"
#include "metrics/prompts/tifa_questions.h"

namespace lidit::benchmarks {

/// Overall: the mean over captions; "tifa_stdev": their standard deviation; per element type the
/// mean over questions. FileError for an answer that is no choice and for a wrong number of
/// answers.
BenchmarkScore score_tifa(const std::vector<TifaCaption>& captions,
                          const ChoiceAnswerSheet& answers, Missing missing,
                          std::string_view where);

}  // namespace lidit::benchmarks
