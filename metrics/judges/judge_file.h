// What a judge said of images: JSON Lines, or one JSON list, of any length and quality.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "metrics/prompts/json_lines.h"

namespace lidit::benchmarks {

/// Aggregates that a judge file says it has: a line {"claimed": {"overall": 0.76, ...}}, in the
/// unit in which the benchmark publishes them.
using Claims = std::map<std::string, double>;

/// Hands over each judgement; FileError as for_each_json_object, for a claim that is no number,
/// for one made twice, and for a file without any judgement.
Claims for_each_judgement(std::string_view text, std::string_view where, const TakeObject& take);

}  // namespace lidit::benchmarks
