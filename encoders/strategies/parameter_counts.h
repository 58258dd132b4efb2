// How many parameters a strategy trains, part by part, without building it.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "encoders/strategies/settings.h"

namespace lidit {

/// What counts of the backbone that is fed.
struct BackboneShape {
  std::int64_t width, depth, heads;
};

struct PartCount {
  std::string part;  // "encoder 0: text projection"
  std::int64_t parameters;
};

/// Parameters of a linguistic token refiner, and of a collaborative refiner over `encoders`, at a
/// backbone's width: about 14 and 18 width^2 a block and encoder (paper.md section 4).
std::int64_t refiner_parameters(std::int64_t depth, std::int64_t width, std::int64_t heads);
std::int64_t fusion_parameters(std::int64_t blocks, std::int64_t encoders, std::int64_t width,
                               std::int64_t heads);

/// The trained parts of a ComposedConditioner; parts that are not there are left out.
std::vector<PartCount> parameter_counts(const StrategySettings& settings,
                                        const std::vector<std::int64_t>& encoder_widths,
                                        const BackboneShape& backbone);

}  // namespace lidit
