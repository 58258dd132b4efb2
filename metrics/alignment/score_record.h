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
/// prompts and how many images were left out; the hashes of images and judgements decide the
/// fingerprint too. `context` is provenance.
Record score_record(const BenchmarkScore& score, const ScoredSystem& system, Fields context);

/// Whether two records may stand in one table: the same scorer, switches and prompts.
bool are_comparable(const Record& a, const Record& b);

/// A row for each record and a column for each aggregate of the first; details of categories
/// ("attribute - color") are left to the records. Errors are +- 1.96 standard errors, clustered by
/// prompt. A record of an incomplete set says so in its row.
Table score_table(std::string_view title, std::span<const Record> records,
                  std::span<const std::string> notes);

}  // namespace lidit::benchmarks
