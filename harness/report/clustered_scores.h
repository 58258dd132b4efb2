// Scores of prompts in raw rows, and the interval of their mean.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/fields.h"
#include "results/statistics/interval.h"

namespace lidit {

/// What a measurement of a split ("binding" of "structures.binding") is called in its raw rows:
/// binding, binding by position, a metric of the user's own. Empty for those that are no means of
/// prompts.
std::string score_of_prompts(std::string_view measurement);

/// How many things the score of a raw row is a mean of: binding is one of objects, so that a prompt
/// counts as often as it has some; what else a row says is of the prompt.
double things_scored(const Fields& row, std::string_view score);

/// Means over things within prompts within structures.
class ClusteredScores {
 public:
  void add(double mean, double things, const std::string& structure);
  /// Of the mean over all things: a bootstrap over structures and prompts. None for one structure.
  std::optional<Interval> interval() const;

 private:
  std::vector<double> means_, things_;
  std::vector<std::int64_t> clusters_;
  std::map<std::string, std::int64_t> structures_;
};

}  // namespace lidit
