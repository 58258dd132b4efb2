#include "harness/bench/bench_run.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/bench/probes.h"
#include "harness/bench/process_memory.h"
#include "harness/device.h"
#include "harness/failure.h"
#include "harness/provenance.h"
#include "metrics/throughput/bench_record.h"
#include "results/fingerprint.h"

namespace lidit {
namespace {

using throughput::Outcome;
using throughput::Work;

constexpr double kMemoryShare = 0.7;  // of what is available: other programs want some
constexpr double kMemoryUnread = 4.0 * (1 << 30);
constexpr double kGroupOnGpu = 8.0 * (1 << 30);  // what is measured in turns is there together

/// A cell on its way to a record.
struct CellRun {
  const BenchCell* cell;
  BenchPlan plan;
  std::vector<throughput::Part> parts{};
  std::optional<double> memory{};
  std::string no_memory{};
  std::string failure{};
  Outcome outcome{}, own_products{}, large_product{};
  double own_flops = 0, large_flops = 0;
};

double memory_of(const CellRun& run) {
  double bytes = 0;
  for (const std::int64_t blocks : run.plan.blocks) bytes += run.cell->memory(blocks);
  return bytes;
}

/// Builds what the plan says and runs each pass once; fills in what that took, or the failure.
void build(CellRun& run, c10::Device device) {
  const bool whole = run.plan.blocks.size() == 1;
  const auto make = [&] {
    for (const std::int64_t blocks : run.plan.blocks) {
      run.parts.push_back({run.cell->build(blocks, device)});
      run.parts.back().pass();
    }
  };
  try {
    const auto growth = peak_growth(make);
    if (whole && device.is_cpu()) run.memory = growth;
  } catch (...) {
    run.failure = describe_failure(std::current_exception()).sentence;
    run.parts.clear();
    return;
  }
  if (!whole) {
    const auto weights =
        throughput::extrapolate(run.plan.blocks[0], run.plan.blocks[1], run.cell->blocks);
    run.parts[0].weight = weights.shallow;
    run.parts[1].weight = weights.deep;
  }
  if (!run.memory)
    run.no_memory = !whole            ? "extrapolated: the whole model was never there"
                    : device.is_cpu() ? "this system does not say it"
                                      : "not measured on a GPU";
}

/// Works of a group with the place of each probe's outcome.
class BenchGroup {
 public:
  BenchGroup(std::span<CellRun> runs, c10::Device device) : runs_(runs), device_(device) {}

  void measure(const throughput::StoppingRule& rule,
               const std::function<void(std::size_t, std::size_t)>& tell) {
    for (CellRun& run : runs_) {
      if (run.plan.blocks.empty()) continue;
      build(run, device_);
      tell(0, runs_.size());
    }
    std::vector<std::pair<CellRun*, std::size_t>> cells, own, large;
    for (CellRun& run : runs_) {
      if (run.parts.empty()) continue;
      cells.emplace_back(&run, add(run.cell->name(), std::move(run.parts)));
      own.emplace_back(&run, probe_of(run.cell->products, run.cell->dtype, run.own_flops));
      large.emplace_back(&run, large_probe(run.cell->dtype, run.large_flops));
    }
    if (cells.empty()) return;
    const Probe copy = copy_probe(device_);
    copied_ = copy.amount;
    const std::size_t copying = add("copying", {{copy.pass}});
    const auto outcomes =
        throughput::measure_in_turns(works_, rule, throughput::steady_clock(),
                                     [&](std::size_t finished) { tell(finished, works_.size()); });
    for (const auto& [run, work] : cells) run->outcome = outcomes[work];
    for (const auto& [run, work] : own) run->own_products = outcomes[work];
    for (const auto& [run, work] : large) run->large_product = outcomes[work];
    copy_ = outcomes[copying];
    works_.clear();  // and with them the models
  }

  Record record_of(const CellRun& run, const throughput::StoppingRule& rule) const;

 private:
  std::size_t add(std::string name, std::vector<throughput::Part> parts) {
    works_.push_back({std::move(name), std::move(parts)});
    return works_.size() - 1;
  }
  std::size_t add_once(const std::string& key, double& amount, const std::function<Probe()>& make) {
    const auto known = probes_.find(key);
    if (known != probes_.end()) {
      amount = known->second.second;
      return known->second.first;
    }
    Probe probe = make();
    amount = probe.amount;
    const std::size_t work = add(key, {{std::move(probe.pass)}});
    probes_.emplace(key, std::pair(work, amount));
    return work;
  }
  std::size_t probe_of(const std::vector<MatrixProduct>& products, at::ScalarType dtype,
                       double& flops) {
    std::string key = fmt::format("products {}", kBenchTypes.name_of(dtype));
    for (const auto& [rows, in, out, count] : products)
      key += fmt::format(" {}x{}x{}x{}", count, rows, in, out);
    return add_once(key, flops, [&] { return product_probe(products, dtype, device_); });
  }
  std::size_t large_probe(at::ScalarType dtype, double& flops) {
    return add_once(fmt::format("large product {}", kBenchTypes.name_of(dtype)), flops,
                    [&] { return large_product_probe(dtype, device_); });
  }

  std::span<CellRun> runs_;
  c10::Device device_;
  std::vector<Work> works_;
  std::map<std::string, std::pair<std::size_t, double>> probes_;
  Outcome copy_;
  double copied_ = 0;
};

Record BenchGroup::record_of(const CellRun& run, const throughput::StoppingRule& rule) const {
  const BenchCell& cell = *run.cell;
  Record record{.fingerprint = fingerprint_of(cell, device_),
                .name = cell.name(),
                .asked = asked_of(cell, device_),
                .context = provenance(device_)};
  record.context[throughput::how::noise] = rule.noise;
  record.context[throughput::how::seconds] = rule.seconds;
  record.context[throughput::how::memory] = cell.memory(cell.blocks);
  record.context[throughput::how::measured_blocks] = run.plan.blocks;
  const auto end = [&](Status status, std::string reason) {
    record.status = status;
    record.reason = std::move(reason);
    return record;
  };
  if (run.plan.blocks.empty()) return end(Status::skipped, run.plan.reason);
  if (!run.failure.empty()) return end(Status::failed, run.failure);
  if (run.outcome.failure)
    return end(Status::failed, describe_failure(run.outcome.failure).sentence);
  throughput::Finding finding{.timing = *run.outcome.timing,
                              .cost = cell.cost,
                              .units = static_cast<double>(cell.batch),
                              .memory = run.memory,
                              .no_memory = run.no_memory};
  if (run.own_products.timing && run.large_product.timing && copy_.timing)
    finding.roofs =
        throughput::Roofs{.own_shapes = run.own_flops / run.own_products.timing->seconds,
                          .large_product = run.large_flops / run.large_product.timing->seconds,
                          .copy = copied_ / copy_.timing->seconds};
  record.measurements = throughput::measurements_of(finding);
  return record;
}

/// FLOP/s of a large product of each type in use: whether a cell will be quick.
std::map<at::ScalarType, double> measure_peaks(std::span<const BenchCell> cells,
                                               c10::Device device) {
  std::map<at::ScalarType, double> peaks;
  for (const BenchCell& cell : cells) {
    if (peaks.contains(cell.dtype)) continue;
    const Probe probe = large_product_probe(cell.dtype, device);
    const Work work{"large product", {{probe.pass}}};
    const auto outcomes = throughput::measure_in_turns(
        std::span(&work, 1), {.noise = 0.1, .seconds = 0.5}, throughput::steady_clock());
    if (outcomes[0].failure) std::rethrow_exception(outcomes[0].failure);
    peaks[cell.dtype] = probe.amount / outcomes[0].timing->seconds;
  }
  return peaks;
}

/// Where the group that begins at `first` ends: before another section, or where memory is full.
std::size_t end_of_group(const std::vector<CellRun>& runs, std::size_t first, double available) {
  const auto kind = [](const CellRun& run) {  // a refiner stands beside its sampling step
    return run.cell->section == BenchSection::refiners ? BenchSection::sampling : run.cell->section;
  };
  double bytes = 0;
  std::size_t end = first;
  for (; end < runs.size() && kind(runs[end]) == kind(runs[first]); ++end) {
    bytes += memory_of(runs[end]);
    if (end > first && bytes > available) break;
  }
  return end;
}

}  // namespace

Fields asked_of(const BenchCell& cell, c10::Device device) {
  namespace key = throughput::key;
  Fields asked{{key::measure, std::string(throughput::kBench)},
               {key::section, std::string(kBenchSections.name_of(cell.section))},
               {key::size, cell.size},
               {key::batch, cell.batch},
               {key::length, cell.length},
               {key::type, std::string(kBenchTypes.name_of(cell.dtype))},
               {key::parameters, cell.parameters},
               {key::blocks, cell.blocks},
               {key::device, device.str()},
               {key::device_name, device_name(device)},
               {key::threads, std::int64_t{at::get_num_threads()}}};
  if (!cell.strategy.empty()) asked[key::strategy] = cell.strategy;
  if (!cell.weights.empty()) asked[key::weights] = cell.weights;
  if (cell.patches > 0) asked[key::patches] = cell.patches;
  return asked;
}

std::string fingerprint_of(const BenchCell& cell, c10::Device device) {
  return fingerprint({.spec = asked_of(cell, device),
                      .seed = 0,
                      .dtype = std::string(kBenchTypes.name_of(cell.dtype)),
                      .hashes = {}});
}

std::vector<Record> run_bench(std::span<const BenchCell> cells, const BenchRunOptions& options,
                              const std::function<void(std::span<const Record>)>& done,
                              const BenchTell& tell) {
  const auto peaks = measure_peaks(cells, options.device);
  const double available = options.device.is_cpu()
                               ? kMemoryShare * available_memory().value_or(kMemoryUnread)
                               : INFINITY;
  const double together = options.device.is_cpu() ? available : kGroupOnGpu;
  std::vector<CellRun> runs;
  for (const BenchCell& cell : cells)
    runs.push_back({&cell, plan_cell(cell, options, available, peaks.at(cell.dtype))});
  std::vector<Record> records;
  for (std::size_t first = 0; first < runs.size();) {
    const std::size_t end = end_of_group(runs, first, together);
    BenchGroup group(std::span<CellRun>(runs).subspan(first, end - first), options.device);
    const std::string_view name = kBenchSections.name_of(runs[first].cell->section);
    group.measure(options.rule,
                  [&](std::size_t finished, std::size_t total) { tell(name, finished, total); });
    const std::size_t begin = records.size();
    for (; first < end; ++first) records.push_back(group.record_of(runs[first], options.rule));
    done(std::span<const Record>(records).subspan(begin));
  }
  return records;
}

}  // namespace lidit
