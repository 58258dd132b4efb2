// What every statistic refuses: a std::invalid_argument that says what was given.
#pragma once
#include <cstddef>
#include <span>
#include <string_view>

namespace lidit {

void check_finite(std::span<const double> values);
/// A confidence level, a power, the size of a test: inside (0, 1).
void check_level(double level);
/// `what` names the second list: "clusters".
void check_equal(std::size_t values, std::size_t others, std::string_view what);

}  // namespace lidit
