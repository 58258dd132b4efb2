// How many parameters a strategy trains, part by part, without building it.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "encoders/strategies/part_options.h"

namespace lidit {

/// What counts of the backbone that is fed.
struct BackboneShape {
  std::int64_t width, depth, heads;
  bool pooled_text = true;  // its modulation reads it
};

struct PartCount {
  std::string part;  // "encoder 0: text projection"
  std::int64_t parameters;
};

/// Parameters of a linguistic token refiner and of a collaborative refiner: with the paper's
/// settings about 14 and 18 width^2 a block and encoder.
std::int64_t parameters_of(const LinguisticTokenRefinerOptions& options);
std::int64_t parameters_of(const CollaborativeRefinerOptions& options);
std::int64_t parameters_of(const ResamplerOptions& options);

/// The trained parts of a ComposedConditioner; parts that are not there are left out.
std::vector<PartCount> parameter_counts(const StrategySettings& settings,
                                        const std::vector<std::int64_t>& encoder_widths,
                                        const BackboneShape& backbone);

}  // namespace lidit
