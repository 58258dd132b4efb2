// One measured cell of `lidit bench` as a record: what it was, what it took, what that is worth.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/throughput/flops.h"
#include "metrics/throughput/measure.h"
#include "results/record.h"

namespace lidit::throughput {

/// Keys of `asked`, all of which decide the fingerprint.
namespace key {
inline constexpr const char *measure = "measure", *section = "section", *size = "size",
                            *strategy = "strategy", *batch = "batch", *length = "length",
                            *type = "type", *parameters = "parameters", *patches = "patches",
                            *blocks = "blocks", *device = "device", *device_name = "device_name",
                            *threads = "threads", *weights = "weights";
}  // namespace key
/// Keys of `context`, which describe how it was measured.
namespace how {
inline constexpr const char *measured_blocks = "measured_blocks", *noise = "noise_wanted",
                            *seconds = "seconds_at_most", *memory = "memory_estimate";
}  // namespace how

/// The value of key::measure in every such record.
inline constexpr std::string_view kBench = "bench";
bool is_bench(const Record& record);

// The sections, as key::section has them.
inline constexpr std::string_view kEncoders = "encoders", kSampling = "sampling",
                                  kTraining = "training", kRefiners = "refiners";

/// What the same run says of the machine itself.
struct Roofs {
  /// FLOP/s of the matrix products of one block of this cell, alone, in the layout that
  /// is fastest here; and of one large product of the same type.
  double own_shapes, large_product;
  double copy;  // B/s of a copy that fits no cache: bytes read and written
};

struct Finding {
  Timing timing;  // of a pass
  Cost cost;      // of a pass
  double units;   // prompts or images of a pass
  std::optional<Roofs> roofs{};
  std::optional<double> memory{};  // B that it needed beyond what the process had before
  std::string no_memory{};         // why it is not known
};

/// pass.seconds with .low, .high (the interval, or the range where repeats were too few: then
/// pass.noise is absent); units_per_second; flops and flops.TERM, bytes, flops_per_second; the
/// roofs; share_of_peak, against the products of its own shapes; memory.
std::vector<Measurement> measurements_of(const Finding& finding);

/// "1 and 3 of 28 blocks" where the record was extrapolated, else empty.
std::string extrapolation_of(const Record& record);

}  // namespace lidit::throughput
