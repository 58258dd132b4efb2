#include "harness/commands/score.h"

#include <fmt/format.h>

#include "harness/exit_code.h"
#include "harness/provenance.h"
#include "metrics/alignment/benchmark.h"
#include "metrics/alignment/image_folder.h"
#include "metrics/alignment/score_record.h"
#include "metrics/prompts/prompt_set.h"
#include "results/names.h"
#include "results/store.h"
#include "results/table.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;

benchmarks::ScoreRequest request_of(const ScoreOptions& options, const CommandContext& context) {
  benchmarks::ScoreRequest request{
      .data = benchmarks::prompt_data(context.home.source),
      .judge = options.judge,
      .legacy = options.legacy,
      .categories = options.categories,
      .missing = options.allow_missing ? benchmarks::Missing::allow : benchmarks::Missing::refuse};
  if (!options.prompts.empty()) request.prompts = options.prompts;
  return request;
}

std::string system_name(const ScoreOptions& options) {
  if (!options.name.empty()) return options.name;
  const fs::path folder = fs::absolute(options.images).lexically_normal();
  return folder.has_filename() ? folder.filename() : folder.parent_path().filename();
}

Record record_of(const ScoreOptions& options, const benchmarks::Benchmark& benchmark,
                 const benchmarks::ScoreRequest& request,
                 const std::vector<benchmarks::ExpectedImage>& expected,
                 const benchmarks::BenchmarkScore& score) {
  const benchmarks::ImageFolder folder = benchmarks::check_image_folder(options.images, expected);
  benchmarks::check_complete(folder, score, request.missing, options.images);
  Fields context = provenance(c10::kCPU);
  context["images"] = options.images;
  context["judge"] = options.judge;
  return benchmarks::score_record(score,
                                  {.name = system_name(options),
                                   .scorer = std::string(benchmark.scorer),
                                   .images = expected,
                                   .image_hash = folder.hash},
                                  std::move(context));
}

/// This record first, then those of the store that may stand beside it.
std::vector<Record> rows_beside(const Record& record, const RecordStore& store) {
  std::vector<Record> rows = {record};
  for (Record& other : store.list())
    if (other.status == Status::done && other.fingerprint != record.fingerprint &&
        benchmarks::are_comparable(record, other))
      rows.push_back(std::move(other));
  return rows;
}

}  // namespace

int execute(const ScoreOptions& options, const CommandContext& context) {
  const benchmarks::Benchmark& benchmark =
      find_named("benchmark", options.benchmark, benchmarks::benchmark_table());
  const TableFormat format = table_format(options.format);
  const benchmarks::ScoreRequest request = request_of(options, context);
  const auto expected = benchmarks::expected_images(benchmark, request);
  const benchmarks::BenchmarkScore score = benchmarks::score_benchmark(benchmark, request);
  const Record record = record_of(options, benchmark, request, expected, score);
  const RecordStore store(context.home.records());
  store.draft(record.fingerprint)->commit(record, benchmarks::rows_of(score), true);
  const std::vector<Record> rows = rows_beside(record, store);
  context.out << print(benchmarks::score_table(benchmark.scorer, rows, score.notes), format);
  context.talk << "record " << store.place_of(record.fingerprint).filename().string() << std::endl;
  return exit_done;
}

}  // namespace lidit
