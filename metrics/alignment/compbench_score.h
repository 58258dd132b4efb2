// T2I-CompBench: how many of a prompt's noun phrases a VQA model finds in the image.
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/alignment/benchmark_score.h"
#include "metrics/alignment/switches.h"
#include "metrics/judges/compbench_answers.h"

namespace lidit::benchmarks {

inline constexpr std::int64_t kCompBenchImages = 10;  // of each prompt

/// The prompts of each category that is scored, in file order.
using CompBenchPrompts = std::map<std::string, std::vector<std::string>>;

/// np_num {8, 2}, stop_list {on, off}, color_val {2025, 2023}.
std::span<const Switch> compbench_switches();
/// "2023": the evaluator and the prompts of the first paper.
std::span<const SwitchPreset> compbench_presets();

/// The product of the answers to the first `np_num` questions; with the stop-list those about
/// "top", "the side", "the left" and "the right" are not among them. No question gives 1.
double blip_vqa_score(const CompBenchAnswer& answer, const Switches& switches);

/// Per category the mean over images; overall is T2I-avg, the mean of color, shape and texture,
/// absent unless all three are scored. Categories of which the judge gave each image's score alone
/// are `as_judged`, and in a note. UserError when np_num or stop_list is asked for and the
/// judge gave finished scores only.
BenchmarkScore score_compbench(const CompBenchPrompts& prompts, const CompBenchAnswers& answers,
                               const Switches& switches, Missing missing, std::string_view where);

}  // namespace lidit::benchmarks
