// A score as a record, and records of one benchmark as a table: a row a system.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/alignment/image_folder.h"
#include "results/record.h"
#include "results/table.h"

namespace lidit::benchmarks {

/// What is scored, besides the numbers.
struct ScoredSystem {
  std::string name;                       // for people
  std::string scorer;                     // Benchmark::scorer
  std::span<const ExpectedImage> images;  // of the layout
  std::string image_hash;                 // of the folder
};

/// A record with its fingerprint: what was asked holds the scorer, its switches, the hash of the
/// prompts and how many images were left out, and "prompts.scored" where the prompts are not all
/// that were published; the hashes of images and judgements decide the fingerprint too. `context`
/// is provenance; to it comes "as_judged", the categories whose scores a judge made whole.
Record score_record(const BenchmarkScore& score, const ScoredSystem& system, Fields context);

/// A row for each record and a column for each aggregate of the first; details of categories
/// ("attribute - color") are left to the records. Intervals at 95 % are those that a record has
/// (measurements_of), else by t, with one degree of freedom less than there are prompts, whose
/// images are a cluster each. Without spread between
/// prompts a fraction of 0 or 1 has the rule of three over prompts, which bounds the mean of any
/// scores in 0..1, and another value has none. A record of an incomplete set, or of some of the
/// published prompts, says so in its row, and the notes say which intervals are not by t and what
/// corrected scores rest on.
Table score_table(std::string_view title, std::span<const Record> records,
                  std::span<const std::string> notes);

}  // namespace lidit::benchmarks
