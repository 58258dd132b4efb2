#include "harness/report/record_pairs.h"

#include <map>

#include "harness/report/clustered_scores.h"
#include "results/comparability.h"
#include "results/store.h"

namespace lidit {

std::vector<RecordPair> pair_records(const RowResults& row, const RowResults& other) {
  const auto seed_of = [](const Record& record) { return get<std::int64_t>(record.asked, "seed"); };
  std::vector<RecordPair> pairs;
  for (std::size_t i = 0; i < row.records.size(); ++i)
    for (std::size_t k = 0; k < other.records.size(); ++k)
      if (seed_of(row.records[i]) == seed_of(other.records[k]))
        pairs.push_back({&row.records[i], &other.records[k], read_prompts(row.folders[i]),
                         read_prompts(other.folders[k])});
  return pairs;
}

std::optional<std::string> why_refused(const std::vector<RecordPair>& pairs,
                                       std::string_view measurement) {
  for (const RecordPair& pair : pairs) {
    if (auto reason = refuse_comparison(*pair.a, *pair.b)) return reason;
    if (auto reason = refuse_comparison(pair.prompts_a, pair.prompts_b, measurement)) return reason;
  }
  return std::nullopt;
}

std::optional<Interval> interval_of_runs(const std::vector<RecordPair>& pairs,
                                         std::string_view measurement) {
  const std::size_t dot = measurement.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view split = measurement.substr(0, dot);
  const std::string score = score_of_prompts(measurement.substr(dot + 1));
  if (score.empty()) return std::nullopt;
  const auto scores_of = [&](const std::vector<Fields>& rows) {
    std::map<std::string, const Fields*> scored;  // by prompt
    for (const Fields& row : rows)
      if (get_or<std::string>(row, "split", "") == split && row.contains(score))
        scored[get<std::string>(row, "id")] = &row;
    return scored;
  };
  struct DifferencesOfPrompt {
    std::vector<double> differences;  // one for each pair
    double things;
    std::string structure;
  };
  std::map<std::string, DifferencesOfPrompt> prompts;
  for (const RecordPair& pair : pairs) {
    const auto scores_a = scores_of(pair.prompts_a), scores_b = scores_of(pair.prompts_b);
    for (const auto& [id, row] : scores_a) {
      const auto twin = scores_b.find(id);
      if (twin == scores_b.end()) continue;
      DifferencesOfPrompt& prompt = prompts[id];
      prompt.differences.push_back(get<double>(*row, score) - get<double>(*twin->second, score));
      prompt.things = things_scored(*row, score);
      prompt.structure = get_or<std::string>(*row, "structure", "");
    }
  }
  ClusteredScores scores;
  for (const auto& [id, prompt] : prompts)
    scores.add(*mean(prompt.differences), prompt.things, prompt.structure);
  return scores.interval();
}

}  // namespace lidit
