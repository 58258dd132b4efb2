// Cells of `lidit bench` to records: what fits is built, measured in turns, and written down.
#pragma once
#include <c10/core/Device.h>

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "harness/bench/bench_cell.h"
#include "metrics/throughput/measure.h"
#include "results/record.h"

namespace lidit {

struct BenchRunOptions {
  throughput::StoppingRule rule;
  /// A few blocks may stand for all of a model that does not fit, or whose pass would take long.
  bool extrapolate = false;
  c10::Device device = c10::kCPU;
};

/// Told of what is going on: `finished` of `total` works of a group of cells.
using BenchTell =
    std::function<void(std::string_view group, std::size_t finished, std::size_t total)>;

/// What is asked of a cell on this machine: everything that decides its fingerprint.
Fields asked_of(const BenchCell& cell, c10::Device device);
std::string fingerprint_of(const BenchCell& cell, c10::Device device);

/// How a cell is measured: with all its blocks, or with two small numbers of them, or not at all.
struct BenchPlan {
  std::vector<std::int64_t> blocks;  // one: all; two: shallow and deep; none: not at all
  std::string reason{};              // why not at all
};
/// `available`: B that may be used; `peak`: FLOP/s of the machine at the cell's type.
BenchPlan plan_cell(const BenchCell& cell, const BenchRunOptions& options, double available,
                    double peak);

/// A record for each cell, in their order; `done` is called with the records of a group as soon as
/// it is measured. Cells of one section whose models fit the memory together are a group, and are
/// measured in turns with the machine's own products and copies. What does not fit, or fails, is a
/// record with a reason. What `tell` throws ends the run.
std::vector<Record> run_bench(std::span<const BenchCell> cells, const BenchRunOptions& options,
                              const std::function<void(std::span<const Record>)>& done,
                              const BenchTell& tell);

}  // namespace lidit
