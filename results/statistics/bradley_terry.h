// One strength for each of several systems, from wins between pairs of them.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace lidit {

/// P(i beats j) = logistic(s_i - s_j) by maximum likelihood (minorisation, Hunter 2004). `wins` has
/// in place i * systems + j how often i was preferred to j; a tie is half a win for each. The
/// strengths are in logits with mean 0. Nothing where no finite answer exists: some group of
/// systems never lost (or never met) one outside it. Counts that are negative or not finite, or a
/// system against itself, are a std::invalid_argument.
std::optional<std::vector<double>> bradley_terry(std::span<const double> wins,
                                                 std::int64_t systems);

}  // namespace lidit
