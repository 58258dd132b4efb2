// Records of measured cells, made by hand.
#pragma once
#include <string>

#include "metrics/throughput/bench_record.h"
#include "results/hash.h"

namespace lidit::throughput {

struct MadeCell {
  std::string section, size, strategy{};
  std::int64_t parameters = 1'000'000, batch = 8;
  double seconds = 0.5;
  bool reached = true;
  std::int64_t repeats = 7;
  std::string weights = "random";
  std::vector<std::int64_t> measured_blocks = {28};
};

inline Record made_record(const MadeCell& cell) {
  Record record{.fingerprint = sha256_hex(cell.section + cell.size + cell.strategy),
                .name = cell.section + "/" + cell.size};
  record.asked = {{key::measure, std::string(kBench)},
                  {key::section, cell.section},
                  {key::size, cell.size},
                  {key::strategy, cell.strategy},
                  {key::weights, cell.weights},
                  {key::batch, cell.batch},
                  {key::length, std::int64_t{64}},
                  {key::patches, std::int64_t{16}},
                  {key::type, std::string("fp32")},
                  {key::parameters, cell.parameters},
                  {key::blocks, std::int64_t{28}},
                  {key::device, std::string("cpu")},
                  {key::device_name, std::string("a processor")},
                  {key::threads, std::int64_t{2}}};
  record.context = {{how::measured_blocks, cell.measured_blocks},
                    {how::noise, 0.02},
                    {how::seconds, 5.0},
                    {how::memory, 3e9}};
  const bool whole = cell.measured_blocks.size() == 1;
  record.measurements =
      measurements_of({.timing = {.seconds = cell.seconds,
                                  .interval = Interval{0.9 * cell.seconds, 1.2 * cell.seconds},
                                  .range = {0.8 * cell.seconds, 1.4 * cell.seconds},
                                  .repeats = cell.repeats,
                                  .reached = cell.reached},
                       .cost = {{{"maps", 4e11, 3e9, ""}, {"attention", 1e11, 1e9, ""}}},
                       .units = static_cast<double>(cell.batch),
                       .roofs = Roofs{.own_shapes = 2e12, .large_product = 2.5e12, .copy = 4e10},
                       .memory = whole ? std::optional(2e9) : std::nullopt,
                       .no_memory = whole ? "" : "extrapolated"});
  return record;
}

inline Record skipped_record(const MadeCell& cell, std::string reason) {
  Record record = made_record(cell);
  record.status = Status::skipped;
  record.reason = std::move(reason);
  record.measurements.clear();
  return record;
}

}  // namespace lidit::throughput
