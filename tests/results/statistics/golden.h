// Known answers of scipy and statsmodels, and what tests do with them.
#pragma once
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "results/statistics/interval.h"

namespace lidit {

using Numbers = std::vector<double>;
using Integers = std::vector<std::int64_t>;
using nlohmann::json;

inline constexpr double kClose = 1e-9;

inline const json& golden() {
  static const json answers = json::parse(std::ifstream(LIDIT_GOLDEN_DIR "/statistics.json"));
  return answers;
}

inline void expect_close(const Interval& interval, const json& answer, const char* low,
                         const char* high) {
  EXPECT_NEAR(interval.low, answer[low].get<double>(), kClose);
  EXPECT_NEAR(interval.high, answer[high].get<double>(), kClose);
}

}  // namespace lidit
