#include "harness/commands/bench.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "harness/bench/bench_run.h"
#include "harness/device.h"
#include "harness/exit_code.h"
#include "harness/readable_records.h"
#include "harness/terminal/interrupts.h"
#include "harness/terminal/progress.h"
#include "metrics/throughput/bench_figures.h"
#include "metrics/throughput/bench_record.h"
#include "metrics/throughput/bench_table.h"
#include "results/files.h"
#include "results/store.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMostPrompts = 1 << 16, kMostTokens = 1 << 20;
const std::string kAlignment = "structures.binding";

/// Ctrl-C between two repeats.
struct BenchStopped {};

void check_axis(std::string_view option, const std::vector<std::int64_t>& values,
                std::int64_t most) {
  for (const std::int64_t value : values)
    if (value < 1 || value > most)
      throw UserError(fmt::format("bench: {} must be from 1 to {}, got {}", option, most, value));
}

/// The same numbers, each once.
template <class T>
std::vector<T> distinct(const std::vector<T>& given) {
  std::vector<T> found;
  for (const T& one : given)
    if (std::ranges::find(found, one) == found.end()) found.push_back(one);
  return found;
}

BenchAxes axes_of(const BenchOptions& options, c10::Device device) {
  check_axis("--batch", options.batches, kMostPrompts);
  check_axis("--length", options.lengths, kMostTokens);
  BenchAxes axes{.sections = {},
                 .sizes = distinct(options.sizes),
                 .batches = distinct(options.batches),
                 .lengths = distinct(options.lengths),
                 .type = {},
                 .device = device};
  for (const auto& [name, section] : kBenchSections.entries)
    if (options.only.empty()) axes.sections.push_back(section);
  for (const std::string& name : options.only)
    axes.sections.push_back(kBenchSections.from_name(name));
  if (!options.type.empty()) axes.type = kBenchTypes.from_name(options.type);
  return axes;
}

void set_threads(std::optional<std::int64_t> asked) {
  const int cores = available_cores();
  if (asked && (*asked < 1 || *asked > cores))
    throw UserError(fmt::format(
        "bench: --threads must be from 1 to the {} cores that are here, got {}", cores, *asked));
  const bool told = std::getenv("OMP_NUM_THREADS") != nullptr;  // LibTorch has read it
  at::set_num_threads(static_cast<int>(asked.value_or(told ? at::get_num_threads() : cores)));
}

void print_plan(std::span<const BenchCell> cells, std::ostream& out) {
  for (const BenchCell& cell : cells) {
    out << fmt::format("{}\n  {:.4g} GFLOP, {:.4g} GiB of memory{}\n", cell.name(),
                       cell.cost.flops() / 1e9, cell.memory(cell.blocks) / (1 << 30),
                       cell.obstacle.empty() ? "" : "; " + cell.obstacle);
    for (const throughput::CostTerm& term : cell.cost.terms)
      out << fmt::format("  {:>12.4g}  {:<36}{}\n", term.flops / 1e9, term.name, term.reason);
  }
}

std::vector<Record> measured_before(std::span<const BenchCell> cells, const RecordStore& store,
                                    c10::Device device) {
  std::vector<Record> records;
  for (const BenchCell& cell : cells)
    if (auto record = store.find_whole(fingerprint_of(cell, device))) records.push_back(*record);
  if (records.empty())
    throw UserError(
        "bench: nothing of this was measured on this machine yet; leave out "
        "--from-records");
  return records;
}

/// Whether the whole model was measured before, and only some of its blocks now.
bool is_worse(const Record& record, const RecordStore& store) {
  const auto earlier = store.find_whole(record.fingerprint);
  return earlier && earlier->status == Status::done &&
         !throughput::extrapolation_of(record).empty() &&
         throughput::extrapolation_of(*earlier).empty();
}

void keep_records(std::span<const Record> records, const RecordStore& store) {
  for (const Record& record : records)  // a newer measurement replaces, a failure does not
    store.draft(record.fingerprint)
        ->commit(record, {}, record.status == Status::done && !is_worse(record, store));
}

/// Measures all cells; fewer when Ctrl-C came, which `stopped` then says.
std::vector<Record> measure_cells(std::span<const BenchCell> cells, const BenchRunOptions& options,
                                  const RecordStore& store, const CommandContext& context,
                                  bool& stopped) {
  const InterruptWatch watch({SIGINT, SIGTERM});
  std::vector<Record> records;
  Progress progress(context.talk, context.progress, "cells",
                    static_cast<std::int64_t>(cells.size()));
  const auto done = [&](std::span<const Record> group) {
    keep_records(group, store);
    records.insert(records.end(), group.begin(), group.end());
    progress.update(std::ssize(records));
  };
  const auto tell = [&](std::string_view group, std::size_t finished, std::size_t total) {
    if (watch.requested()) throw BenchStopped();
    progress.update(std::ssize(records),
                    fmt::format("; {}: {} of {} in turns", group, finished, total));
  };
  try {
    run_bench(cells, options, done, tell);
  } catch (const BenchStopped&) {
    stopped = true;
  }
  progress.finish();
  return records;
}

void print_bench_tables(std::span<const Record> records, const BenchOptions& options,
                        std::ostream& out) {
  const TableFormat format = table_format(options.format);
  bool first = true;
  for (const Table& table :
       throughput::bench_tables(records, {.price_per_hour = options.price_per_hour})) {
    if (!std::exchange(first, false)) out << "\n";
    out << print(table, format);
  }
}

void write_figures(std::span<const Record> records, const RecordStore& store,
                   const BenchOptions& options, const CommandContext& context) {
  const fs::path folder =
      options.out.empty() ? context.home.root / "reports" / "bench" : fs::path(options.out);
  std::vector<throughput::Figure> figures = throughput::bench_figures(records);
  const std::vector<Record> all = readable_records(store, context);
  for (throughput::Figure& figure : throughput::cost_figures(all, kAlignment))
    figures.push_back(std::move(figure));
  make_folder(folder);
  for (const throughput::Figure& figure : figures)
    write_file(folder / (figure.name + ".svg"), figure.svg);
  context.talk << fmt::format("{} figures in {}", figures.size(), folder.string()) << std::endl;
}

void check_numbers(const BenchOptions& options) {
  table_format(options.format);
  if (options.price_per_hour &&
      !(*options.price_per_hour > 0 && std::isfinite(*options.price_per_hour)))
    throw UserError(fmt::format("bench: --price-per-hour must be a positive number, got {}",
                                *options.price_per_hour));
}

}  // namespace

int execute(const BenchOptions& options, const CommandContext& context) {
  check_numbers(options);
  const throughput::StoppingRule rule{.noise = options.noise / 100, .seconds = options.seconds};
  throughput::check(rule);
  set_threads(options.threads);
  const c10::Device device = open_device(options.device).device;
  const std::vector<BenchCell> cells =
      filter_cells(bench_cells(axes_of(options, device), context.home), options.filter);
  if (options.dry_run) {
    print_plan(cells, context.out);
    return exit_done;
  }
  const RecordStore store(context.home.records());
  bool stopped = false;
  const std::vector<Record> records =
      options.from_records
          ? measured_before(cells, store, device)
          : measure_cells(cells,
                          {.rule = rule, .extrapolate = options.extrapolate, .device = device},
                          store, context, stopped);
  if (!records.empty()) print_bench_tables(records, options, context.out);
  if (stopped) {
    context.talk << fmt::format("stopped: {} of {} cells are recorded{}", records.size(),
                                cells.size(),
                                records.empty() ? "" : "; 'lidit bench --from-records' prints them")
                 << std::endl;
    return exit_interrupted;
  }
  write_figures(records, store, options, context);
  const bool failed = std::ranges::any_of(
      records, [](const Record& record) { return record.status == Status::failed; });
  return failed ? exit_cell_failed : exit_done;
}

}  // namespace lidit
