#include "harness/commands/score.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/commands/score_clip.h"
#include "harness/commands/score_drawn.h"
#include "harness/commands/score_human.h"
#include "harness/exit_code.h"
#include "harness/provenance.h"
#include "harness/readable_records.h"
#include "metrics/alignment/audited_score.h"
#include "metrics/alignment/benchmark.h"
#include "metrics/alignment/crossed_intervals.h"
#include "metrics/alignment/image_folder.h"
#include "metrics/alignment/image_seeds.h"
#include "metrics/alignment/score_difference.h"
#include "metrics/alignment/score_record.h"
#include "metrics/prompts/prompt_set.h"
#include "metrics/prompts/text_file.h"
#include "results/comparability.h"
#include "results/names.h"
#include "results/store.h"
#include "results/table.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;

constexpr OwnScore kOwnScores[] = {
    {"drawn", "the drawn world read back by its verifier: any model's pictures",
     "world.json and captions.jsonl of 'lidit world export', in the folder",
     "none: pictures are read", score_drawn},
    {"human", "pairs of images, by people on a page of 'lidit compare'",
     "none: the folder that 'lidit compare' wrote is --images",
     "the CSV file of each rater; --judge may be repeated", score_human},
    {"clipscore", "cosine of CLIP's image and text embeddings (--clip MODEL)",
     "captions.jsonl, in the folder or given: lines {image, caption}", "none: computed here",
     score_clip},
};

benchmarks::ScoreRequest request_of(const ScoreOptions& options, const CommandContext& context) {
  if (options.judges.size() != 1)
    throw UserError(fmt::format("score: say one --judge: {} is scored from what a judge said",
                                options.benchmark));
  benchmarks::ScoreRequest request{
      .data = benchmarks::prompt_data(context.home.source),
      .judge = options.judges.front(),
      .legacy = options.legacy,
      .categories = options.categories,
      .missing = options.allow_missing ? benchmarks::Missing::allow : benchmarks::Missing::refuse};
  if (!options.prompts.empty()) request.prompts = options.prompts;
  return request;
}

Record record_of(const ScoreOptions& options, const benchmarks::Benchmark& benchmark,
                 const benchmarks::ScoreRequest& request,
                 const std::vector<benchmarks::ExpectedImage>& expected,
                 const benchmarks::ImageFolder& folder, const benchmarks::BenchmarkScore& score) {
  Fields context = provenance(c10::kCPU);
  context["images"] = options.images;
  context["judge"] = request.judge.string();
  if (!options.audit.empty()) context["audit"] = options.audit;
  return benchmarks::score_record(score,
                                  {.name = system_name(options),
                                   .scorer = std::string(benchmark.scorer),
                                   .images = expected,
                                   .image_hash = folder.hash},
                                  std::move(context));
}

/// How far this system is from each of the others, which are scored by the same rules.
std::vector<std::string> differences(std::span<const Record> rows, const RecordStore& store,
                                     const benchmarks::BenchmarkScore& score) {
  if (!score.find("overall")) return {};
  const std::vector<Fields> own = benchmarks::rows_of(score);
  std::vector<std::string> names;
  std::vector<benchmarks::ScoreDifference> found;
  for (const Record& other : rows.subspan(1))
    if (const auto difference = benchmarks::score_difference(
            own, read_prompts(store.place_of(other.fingerprint)), score.parts)) {
      names.push_back(other.name);
      found.push_back(*difference);
    }
  std::vector<std::string> sentences = benchmarks::describe(found);
  for (std::size_t i = 0; i < names.size(); ++i)
    sentences[i] = fmt::format("{} - {}, overall: {}", rows.front().name, names[i], sentences[i]);
  return sentences;
}

const benchmarks::Benchmark& find_benchmark(const std::string& name) {
  std::vector<std::string> names;
  for (const benchmarks::Benchmark& benchmark : benchmarks::benchmark_table()) {
    if (benchmark.name == name) return benchmark;
    names.emplace_back(benchmark.name);
  }
  for (const OwnScore& own : kOwnScores) names.emplace_back(own.name);
  throw SpecError(unknown_name("benchmark", name, names));
}

/// An audit is of verdicts that are yes or no; nothing else of a judge has two kinds of errors.
void check_audit(const ScoreOptions& options, const benchmarks::Benchmark& benchmark) {
  if (options.audit.empty() || benchmark.verdicts == benchmarks::Verdicts::binary) return;
  std::vector<std::string_view> names;
  for (const benchmarks::Benchmark& other : benchmarks::benchmark_table())
    if (other.verdicts == benchmarks::Verdicts::binary) names.push_back(other.name);
  throw UserError(
      fmt::format("score: --audit corrects verdicts of yes or no, which {} have; those of {} are "
                  "graded",
                  fmt::join(names, ", "), benchmark.name));
}

/// By the benchmark's rules, with what the seeds of the images and an audit add.
benchmarks::BenchmarkScore score_of(const ScoreOptions& options,
                                    const benchmarks::Benchmark& benchmark,
                                    const benchmarks::ScoreRequest& request,
                                    std::span<const benchmarks::ExpectedImage> expected) {
  benchmarks::BenchmarkScore score = benchmarks::score_benchmark(benchmark, request);
  const auto seeds = benchmarks::seed_design(options.images, expected, benchmark.seeds);
  if (seeds.shared) {
    benchmarks::add_crossed_intervals(score);
    score.notes.emplace_back(benchmarks::kSharedSeeds);
  }
  if (!seeds.reason.empty()) score.notes.push_back("seeds: " + seeds.reason);
  if (!options.audit.empty())
    benchmarks::correct_by_audit(
        score, benchmarks::parse_judge_audit(benchmarks::read_text(options.audit), options.audit),
        options.audit);
  return score;
}

int score_official(const ScoreOptions& options, const CommandContext& context) {
  const benchmarks::Benchmark& benchmark = find_benchmark(options.benchmark);
  refuse_unread(options.benchmark, "--clip", !options.clip.empty());
  check_audit(options, benchmark);
  const TableFormat format = table_format(options.format);
  const benchmarks::ScoreRequest request = request_of(options, context);
  const auto expected = benchmarks::expected_images(benchmark, request);
  benchmarks::BenchmarkScore score = score_of(options, benchmark, request, expected);
  const benchmarks::ImageFolder folder = benchmarks::check_image_folder(options.images, expected);
  benchmarks::check_complete(folder, score, request.missing, options.images);
  if (!folder.unread.empty()) score.notes.push_back(benchmarks::describe_unread(folder));
  const Record record = record_of(options, benchmark, request, expected, folder, score);
  const RecordStore store(context.home.records());
  store.draft(record.fingerprint)->commit(record, benchmarks::rows_of(score), true);
  const std::vector<Record> rows = rows_beside(record, store, context);
  std::vector<std::string> notes = differences(rows, store, score);
  notes.insert(notes.end(), score.notes.begin(), score.notes.end());
  context.out << print(benchmarks::score_table(benchmark.scorer, rows, notes), format);
  context.talk << "record " << store.place_of(record.fingerprint).filename().string() << std::endl;
  return exit_done;
}

}  // namespace

std::span<const OwnScore> own_scores() { return kOwnScores; }

void refuse_unread(std::string_view benchmark, std::string_view option, bool given) {
  if (given) throw UserError(fmt::format("score: {} is not for --benchmark {}", option, benchmark));
}

std::vector<Record> rows_beside(const Record& record, const RecordStore& store,
                                const CommandContext& context) {
  std::vector<Record> rows = {record};
  for (Record& other : readable_records(store, context))
    if (other.status == Status::done && other.fingerprint != record.fingerprint &&
        !refuse_comparison(record, other))
      rows.push_back(std::move(other));
  return rows;
}

std::string system_name(const ScoreOptions& options) {
  if (!options.name.empty()) return options.name;
  const fs::path folder = fs::absolute(options.images).lexically_normal();
  return folder.has_filename() ? folder.filename() : folder.parent_path().filename();
}

int execute(const ScoreOptions& options, const CommandContext& context) {
  const auto own = std::ranges::find(kOwnScores, options.benchmark, &OwnScore::name);
  return own == std::end(kOwnScores) ? score_official(options, context)
                                     : own->execute(options, context);
}

}  // namespace lidit
