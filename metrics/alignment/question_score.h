// DSG-1k and DPG-Bench: the share of a prompt's questions that are answered with yes, where a
// question counts only if what it presupposes is there.
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "metrics/alignment/benchmark_score.h"
#include "metrics/alignment/switches.h"
#include "metrics/judges/question_answers.h"
#include "metrics/prompts/question_graph.h"

namespace lidit::benchmarks {

inline constexpr std::int64_t kDpgTiles = 4;  // images of each prompt, in one picture

/// When a question that was answered with yes counts as no.
enum class DependencyRule {
  none,    // never
  direct,  // a parent's own answer is not yes: DSG's library
  cascade  // a parent counts as no by then, in file order: DPG-Bench's script
};

/// One number, 0 or 1, for each question in file order: only the exact text "yes" is 1. FileError
/// for a question without an answer and for an answer to no question. Parents that do not exist are
/// ignored.
std::vector<double> own_answers(const QuestionItem& item, const GraphAnswers& answers);
/// The same after the dependencies.
std::vector<double> resolve(const QuestionItem& item, std::span<const double> own,
                            DependencyRule rule);

/// dependency {direct, cascade, none}.
std::span<const Switch> dsg_switches();
/// first_row {keep, skip}, categories {all-tiles, last-tile}, dependency {cascade, direct, none}.
std::span<const Switch> dpg_switches();
/// "official": as the published script does it.
std::span<const SwitchPreset> dpg_presets();

/// Overall: the mean over items; per category_broad: the mean over questions, after the
/// dependencies.
BenchmarkScore score_dsg(const QuestionGraph& graph, const GraphAnswerSheet& answers,
                         const Switches& switches, Missing missing, std::string_view where);

/// Overall: the mean over items of the mean over tiles. An item of which a tile is missing is left
/// out as a whole, of the categories too, and named in a note. Per category, and per detail of it
/// ("attribute - color"): the mean over questions of all tiles or of the last one, before the
/// dependencies. With first_row = skip the first question of the file is lost, and with it each
/// item that has a question whose parent does not exist.
BenchmarkScore score_dpg(const QuestionGraph& graph, const GraphAnswerSheet& answers,
                         const Switches& switches, Missing missing, std::string_view where);

}  // namespace lidit::benchmarks
