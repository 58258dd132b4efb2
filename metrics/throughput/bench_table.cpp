#include "metrics/throughput/bench_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "metrics/throughput/bench_record.h"

namespace lidit::throughput {
namespace {

constexpr int kFigures = 3;  // sizes span four orders of magnitude

std::string text_of(const Record& record, const char* key) {
  return get_or<std::string>(record.asked, key, "");
}

double count_of(const Record& record, const char* key) {
  return static_cast<double>(get<std::int64_t>(record.asked, key));
}

std::optional<double> value_of(const Record& record, std::string_view name) {
  const Measurement* measurement = record.find(name);
  return measurement ? measurement->value : std::nullopt;
}

/// What a reader must know of the whole row; empty: nothing.
std::string caveat_of(const Record& record) {
  const std::string blocks = extrapolation_of(record);
  return blocks.empty() ? "" : "extrapolated from " + blocks;
}

/// Where the weights came from that were measured: a few blocks are never read from disk.
Cell weights_cell(const Record& record) {
  return Cell::words(extrapolation_of(record).empty() ? text_of(record, key::weights) : "random");
}

/// What a reader must know of its time; empty: nothing.
std::string noise_caveat_of(const Record& record) {
  if (value_of(record, "pass.target_reached") == 1) return "";
  return fmt::format("the noise wanted, {:.2g} %, was not reached within {:.3g} s",
                     100 * get_or(record.context, how::noise, 0.0),
                     get_or(record.context, how::seconds, 0.0));
}

/// A cell of a measured value times `factor`, or why there is none.
Cell cell_of(const Record& record, std::string_view name, double factor = 1) {
  if (record.status != Status::done) return Cell::none(record.reason);
  const Measurement* found = record.find(name);
  if (!found) return Cell::none("not measured");
  return found->value ? Cell::number(*found->value * factor) : Cell::none(found->reason);
}

/// amount / seconds of a pass, with the ends of the spread, or seconds * amount where
/// `per_second` is false. A range where repeats were too few for an interval; one repeat has none.
Cell spread_cell(const Record& record, double amount, bool per_second) {
  if (record.status != Status::done) return Cell::none(record.reason);
  const auto seconds = value_of(record, "pass.seconds"), low = value_of(record, "pass.seconds.low"),
             high = value_of(record, "pass.seconds.high");
  if (!seconds || !low || !high) return Cell::none("not measured");
  const auto convert = [&](double s) { return per_second ? amount / s : amount * s; };
  if (record.find("pass.seconds")->n == 1) {
    Cell cell = Cell::number(convert(*seconds));
    cell.missing = "one repeat: its spread is not known";
    return cell;
  }
  Cell cell = Cell::range(convert(*seconds), per_second ? Interval{convert(*high), convert(*low)}
                                                        : Interval{convert(*low), convert(*high)});
  cell.missing = noise_caveat_of(record);
  return cell;
}

Cell memory_cell(const Record& record) {
  const auto measured = value_of(record, "memory");
  if (record.status == Status::done && measured) return Cell::number(*measured);
  const double estimate = get_or(record.context, how::memory, 0.0);
  if (!(estimate > 0)) return cell_of(record, "memory");
  Cell cell = Cell::number(estimate);
  cell.missing = "estimated: weights and what training keeps of them, and activations";
  return cell;
}

/// Prompts or images of a pass.
double units_of(const Record& record) { return count_of(record, key::batch); }

/// Currency of 1,000 units that take `seconds` each.
Cell price_cell(const Record& record, double passes_a_unit, double price_per_hour) {
  const auto seconds = value_of(record, "pass.seconds");
  if (record.status != Status::done || !seconds) return Cell::none(record.reason);
  return Cell::number(1000 * *seconds * passes_a_unit / units_of(record) * price_per_hour / 3600);
}

/// Builds one section's table column by column.
class SectionTable {
 public:
  using Records = std::vector<const Record*>;
  SectionTable(std::string title, Records records) : records_(std::move(records)) {
    table_.title = std::move(title);
    table_.rows.resize(records_.size());
  }

  template <class Make>
  void column(Column column, const Make& make) {
    table_.columns.push_back(std::move(column));
    for (std::size_t i = 0; i < records_.size(); ++i) table_.rows[i].push_back(make(*records_[i]));
  }
  void words(const char* title, const char* key) {
    column({.title = title}, [&](const Record& r) { return Cell::words(text_of(r, key)); });
  }
  /// What is measured, with the row's caveat.
  void size(const char* title) {
    column({.title = title}, [](const Record& r) {
      Cell cell = Cell::words(text_of(r, key::size));
      cell.missing = caveat_of(r);
      return cell;
    });
  }
  void count(const char* title, const char* key) {
    column({.title = title}, [&](const Record& r) { return Cell::number(count_of(r, key)); });
  }
  void parameters(const char* title) {
    column({.title = title, .unit = "count", .figures = kFigures, .shown_as = "million"},
           [](const Record& r) { return Cell::number(count_of(r, key::parameters)); });
  }
  /// FLOPs of a unit, FLOP/s and the share of the peak.
  void work(const std::string& unit) {
    column({.title = "work " + unit, .unit = "FLOP", .figures = kFigures, .shown_as = "GFLOP"},
           [](const Record& r) { return cell_of(r, "flops", 1 / units_of(r)); });
    column({.title = "rate", .unit = "FLOP/s", .figures = kFigures, .shown_as = "GFLOP/s"},
           [](const Record& r) { return cell_of(r, "flops_per_second"); });
    column({.title = "of peak", .unit = "fraction", .digits = 0},
           [](const Record& r) { return cell_of(r, "share_of_peak"); });
  }
  void memory() {
    column({.title = "memory", .unit = "B", .figures = kFigures, .shown_as = "GiB"},
           [](const Record& r) { return memory_cell(r); });
  }
  void price(const std::string& units, double passes_a_unit, const BenchTableOptions& options) {
    if (!options.price_per_hour) return;
    column({.title = "price of 1,000 " + units, .digits = 4},
           [&](const Record& r) { return price_cell(r, passes_a_unit, *options.price_per_hour); });
  }
  Table finish(std::vector<std::string> notes) {
    std::set<std::string> places;
    for (const Record* record : records_) {
      const auto threads = get<std::int64_t>(record->asked, key::threads);
      places.insert(fmt::format("{}, {} thread{}", text_of(*record, key::device_name), threads,
                                threads == 1 ? "" : "s"));
    }
    table_.caption = fmt::format("{}", fmt::join(places, "; "));
    table_.notes = std::move(notes);
    return std::move(table_);
  }

 private:
  Records records_;
  Table table_;
};

const std::string kSpreadNote =
    "[low, high]: 95 % interval of the median; the range where repeats were fewer than six.";
/// Where prices are shown, what they are of; else nothing is added.
std::vector<std::string> with_price_note(std::vector<std::string> notes,
                                         const BenchTableOptions& options) {
  if (options.price_per_hour)
    notes.push_back(
        "price: of the backbone and raw-llm's adapter alone. Reading the prompts, and what a "
        "refiner or a fusion adds to every step, come on top.");
  return notes;
}

const std::string kPeakNote =
    "of peak: against the same matrix products alone, measured in turns with the cell.";

Table encoder_table(const SectionTable::Records& records, const BenchTableOptions& options) {
  SectionTable table("How fast language models read", records);
  table.size("encoder");
  table.column({.title = "weights"}, weights_cell);
  table.words("type", key::type);
  table.parameters("parameters");
  table.count("batch", key::batch);
  table.count("tokens", key::length);
  table.column({.title = "prompts", .unit = "1/s", .figures = kFigures},
               [](const Record& r) { return spread_cell(r, units_of(r), true); });
  table.column({.title = "tokens", .unit = "1/s", .figures = kFigures}, [](const Record& r) {
    return cell_of(r, "units_per_second", count_of(r, key::length));
  });
  table.work("a prompt");
  table.memory();
  table.price("prompts", 1, options);
  return table.finish({kSpreadNote, kPeakNote,
                       "Causal models up to the third-to-last state, others to the last; packed, "
                       "without head. Memory is that of the whole model."});
}

/// The record of `strategy` that was measured for the same step, or null.
const Record* beside(const Record& step, std::string_view strategy,
                     std::span<const Record> records) {
  const auto found = std::ranges::find_if(records, [&](const Record& other) {
    return is_bench(other) && text_of(other, key::section) == kRefiners &&
           text_of(other, key::strategy) == strategy &&
           std::ranges::all_of(
               std::array{key::size, key::batch, key::length, key::type, key::device,
                          key::device_name, key::threads},
               [&](const char* name) { return step.asked.at(name) == other.asked.at(name); });
  });
  return found == records.end() ? nullptr : &*found;
}

/// Seconds of `part` over those of `step`.
Cell share_cell(const Record* part, const Record* step) {
  if (!part || !step) return Cell::none("not measured");
  for (const Record* record : {part, step})
    if (record->status != Status::done) return Cell::none(record->reason);
  const auto over = value_of(*part, "pass.seconds"), under = value_of(*step, "pass.seconds");
  if (!over || !under) return Cell::none("not measured");
  Cell cell = Cell::number(*over / *under);
  cell.missing = extrapolation_of(*step).empty()
                     ? ""
                     : fmt::format("of a step extrapolated from {}", extrapolation_of(*step));
  return cell;
}

Table sampling_table(const SectionTable::Records& records, std::span<const Record> all,
                     const BenchTableOptions& options) {
  SectionTable table("How fast backbones sample, and what the text costs them", records);
  table.size("backbone");
  table.words("type", key::type);
  table.parameters("parameters");
  table.count("batch", key::batch);
  table.count("patches", key::patches);
  table.column({.title = "step", .unit = "s", .figures = kFigures, .shown_as = "ms"},
               [](const Record& r) { return spread_cell(r, 1, false); });
  table.column({.title = "images", .unit = "1/s", .figures = kFigures}, [](const Record& r) {
    return cell_of(r, "units_per_second", 1.0 / kSamplingSteps);
  });
  table.work("a step and image");
  for (const auto& [title, strategy] :
       {std::pair{"+ refiner", "bidirectional-refiner"}, std::pair{"+ fusion", "multi-llm-fusion"}})
    table.column(
        {.title = title, .unit = "fraction", .figures = kFigures},
        [&, name = strategy](const Record& r) { return share_cell(beside(r, name, all), &r); });
  table.memory();
  table.price("images", kSamplingSteps, options);
  return table.finish(with_price_note(
      {kSpreadNote, kPeakNote,
       fmt::format("A step is guided: two rows an image. An image takes {} steps. + refiner, + "
                   "fusion: what they add to a step, because they read the time.",
                   kSamplingSteps)},
      options));
}

Table training_table(const SectionTable::Records& records, const BenchTableOptions& options) {
  SectionTable table("How fast backbones train", records);
  table.size("backbone");
  table.words("type", key::type);
  table.parameters("parameters");
  table.count("batch", key::batch);
  table.column({.title = "step", .unit = "s", .figures = kFigures, .shown_as = "ms"},
               [](const Record& r) { return spread_cell(r, 1, false); });
  table.column({.title = "images", .unit = "1/s", .figures = kFigures},
               [](const Record& r) { return cell_of(r, "units_per_second"); });
  table.work("an image");
  table.memory();
  table.price("images", 1, options);
  return table.finish(
      with_price_note({kSpreadNote, kPeakNote,
                       "raw-llm's adapter, AdamW, EMA; stored features. FLOPs are three times the "
                       "forward pass; the optimiser is in the time and not among them."},
                      options));
}

Table refiner_table(const SectionTable::Records& records, std::span<const Record> all) {
  const auto step_of = [&](const Record& r) -> const Record* {
    const auto found = std::ranges::find_if(all, [&](const Record& other) {
      return is_bench(other) && text_of(other, key::section) == kSampling &&
             beside(other, text_of(r, key::strategy), std::span(&r, 1));
    });
    return found == all.end() ? nullptr : &*found;
  };
  SectionTable table("What strategies cost in front of a backbone", records);
  table.size("backbone");
  table.words("strategy", key::strategy);
  table.words("type", key::type);
  table.parameters("trained for text");
  table.count("batch", key::batch);
  table.count("tokens", key::length);
  table.column({.title = "a prompt", .unit = "s", .figures = kFigures, .shown_as = "ms"},
               [](const Record& r) { return spread_cell(r, 1 / units_of(r), false); });
  table.column({.title = "of a step", .unit = "fraction", .figures = kFigures},
               [&](const Record& r) { return share_cell(&r, step_of(r)); });
  table.work("a prompt");
  return table.finish({kSpreadNote, kPeakNote,
                       "raw-llm is run once a prompt, the others in every step, because they read "
                       "the time. Rows are guided as in the step."});
}

}  // namespace

std::vector<Table> bench_tables(std::span<const Record> records, const BenchTableOptions& options) {
  const auto of_section = [&](std::string_view section) {
    SectionTable::Records chosen;
    for (const Record& record : records)
      if (is_bench(record) && text_of(record, key::section) == section) chosen.push_back(&record);
    return chosen;
  };
  std::vector<Table> tables;
  if (const auto rows = of_section(kEncoders); !rows.empty())
    tables.push_back(encoder_table(rows, options));
  if (const auto rows = of_section(kSampling); !rows.empty())
    tables.push_back(sampling_table(rows, records, options));
  if (const auto rows = of_section(kTraining); !rows.empty())
    tables.push_back(training_table(rows, options));
  if (const auto rows = of_section(kRefiners); !rows.empty())
    tables.push_back(refiner_table(rows, records));
  return tables;
}

}  // namespace lidit::throughput
