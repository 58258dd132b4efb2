// Whether a cell fits, and how it is measured.
#include <fmt/format.h>

#include "harness/bench/bench_run.h"

namespace lidit {
namespace {

constexpr std::int64_t kShallow = 1, kDeep = 3;  // blocks that stand for all
/// A pass is quick when several repeats of it fit the time for a cell, at this part of the peak.
constexpr double kRepeatsWanted = 6, kUsualShare = 0.6;
/// Up to here a model is measured whole wherever it fits, quick or not.
constexpr std::int64_t kSmallParameters = 500'000'000;

std::string gibibytes(double bytes) { return fmt::format("{:.3g} GiB", bytes / (1 << 30)); }

}  // namespace

BenchPlan plan_cell(const BenchCell& cell, const BenchRunOptions& options, double available,
                    double peak) {
  if (!cell.obstacle.empty()) return {{}, cell.obstacle};
  const double needed = cell.memory(cell.blocks);
  const bool fits = needed <= available, divides = cell.scales && cell.blocks > kDeep;
  const bool small = cell.parameters <= kSmallParameters;
  const bool quick =
      cell.cost.flops() / (kUsualShare * peak) * kRepeatsWanted <= options.rule.seconds;
  if (fits && (small || quick || !options.extrapolate || !divides)) return {{cell.blocks}};
  const std::string lack = fmt::format("needs about {} of memory, and {} may be used",
                                       gibibytes(needed), gibibytes(available));
  if (!divides) return {{}, lack};
  if (!options.extrapolate)
    return {{},
            fmt::format("{}; --extrapolate measures {} and {} of its {} blocks", lack, kShallow,
                        kDeep, cell.blocks)};
  const double parts = cell.memory(kShallow) + cell.memory(kDeep);
  if (parts <= available) return {{kShallow, kDeep}};
  return {{},
          fmt::format("even {} and {} blocks need about {} of memory, and {} may be used", kShallow,
                      kDeep, gibibytes(parts), gibibytes(available))};
}

}  // namespace lidit
