// What one cell of an experiment asked, ran on and found: one folder, written once.
//   record.json    this struct
//   prompts.jsonl  the raw rows, one JSON object per prompt and image
//   and what the cell adds: weights.safetensors, images/*.png
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/fields.h"

namespace lidit {

inline constexpr std::int64_t kRecordSchema = 1;

/// One number that was measured, in base units (s, B, 1/s, ...; "" for a plain number, "fraction"
/// for what may be shown in percent).
struct Measurement {
  std::string name;               // "structures.binding", "sample.images_per_second"
  std::optional<double> value{};  // finite; absent only together with a reason
  std::string reason{};           // why there is no value; empty when there is one
  std::string unit{};
  std::int64_t n = 1;  // over how many prompts, images or repetitions
  std::optional<bool> higher_is_better{};

  bool operator==(const Measurement&) const = default;
};

/// A named curve: loss or a dev score over steps. x and y have the same length.
struct Series {
  std::string name;
  std::string x_name, x_unit, y_name, y_unit;
  std::vector<double> x, y;

  bool operator==(const Series&) const = default;
};

enum class Status { done, failed, skipped };
std::string_view status_name(Status status);

struct Record {
  std::string fingerprint;  // 64 hexadecimal digits, see results/fingerprint.h
  std::string name;         // for people: the spec and the row
  Status status = Status::done;
  std::string reason{};  // why it failed or was skipped; empty when done
  Fields asked{};        // the resolved spec
  Fields context{};      // provenance: commit, dirty, host, device, threads, versions, times
  std::vector<Measurement> measurements{};
  std::vector<Series> series{};

  bool operator==(const Record&) const = default;
  /// The measurement of that name, or null.
  const Measurement* find(std::string_view measurement) const;
};

/// Writes record.json and prompts.jsonl into a folder that is there. Every row has a text "id". A
/// record that contradicts itself (a NaN, a failure without reason, unequal x and y, two
/// measurements of one name) is a std::logic_error.
void write_record(const std::filesystem::path& folder, const Record& record,
                  std::span<const Fields> prompts);

/// record.json of a folder; FileError in one sentence when it is absent, broken, of another schema
/// or contradicts itself.
Record read_record(const std::filesystem::path& folder);
/// The raw rows of a folder, in the order in which they were written; FileError as above.
std::vector<Fields> read_prompts(const std::filesystem::path& folder);

}  // namespace lidit
