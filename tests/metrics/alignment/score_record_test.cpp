#include "metrics/alignment/score_record.h"

#include <gmock/gmock.h>

#include <cmath>

#include "metrics/prompts/prompt_set.h"
#include "results/comparability.h"
#include "results/names.h"
#include "tests/support/temporary_folder.h"

namespace lidit::benchmarks {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

const fs::path kGolden = fs::path(LIDIT_GOLDEN_DIR) / "judges";

Record record_of(const std::string& name, const std::vector<std::string>& legacy,
                 const std::string& image_hash = "h") {
  const Benchmark& benchmark = find_named("benchmark", "dpg-bench", benchmark_table());
  const ScoreRequest request{.data = prompt_data(LIDIT_SOURCE_DIR),
                             .prompts = kGolden / "dpg.questions.csv",
                             .judge = kGolden / "dpg.judge.jsonl",
                             .legacy = legacy};
  const auto images = expected_images(benchmark, request);
  return score_record(score_benchmark(benchmark, request),
                      {.name = name,
                       .scorer = std::string(benchmark.scorer),
                       .images = images,
                       .image_hash = image_hash},
                      {});
}

TEST(ScoreRecord, CanBeWrittenAndReadBack) {
  const TemporaryFolder folder;
  const Record record = record_of("sd3", {});
  const std::vector<Fields> rows = {{{"id", std::string("a")}}};
  write_record(folder.path(), record, rows);
  EXPECT_EQ(read_record(folder.path()), record);
  EXPECT_EQ(record.find("overall")->unit, "fraction");
  EXPECT_EQ(record.find("images.scored")->value, 20.0);
}

TEST(ScoreRecord, OtherImagesOrRulesGiveAnotherFingerprintAndAnotherNameDoesNot) {
  const Record record = record_of("sd3", {});
  EXPECT_EQ(record.fingerprint, record_of("dall-e-3", {}).fingerprint);
  EXPECT_NE(record.fingerprint, record_of("sd3", {}, "other").fingerprint);
  EXPECT_NE(record.fingerprint, record_of("sd3", {"official"}).fingerprint);
}

TEST(ScoreRecord, SaysWhatOfTheBenchmarkIsScoredAndWhatIsTakenAsJudged) {
  BenchmarkScore score{.aggregates = {{.name = "overall", .value = 0.5}}};
  const auto record = [&] { return score_record(score, {}, {}); };
  EXPECT_FALSE(record().asked.contains("prompts.scored"));
  EXPECT_FALSE(record().context.contains("as_judged"));
  score.partial = "10 of the 553 published prompts";
  score.as_judged = {"spatial (UniDet 2D)"};
  EXPECT_EQ(get<std::string>(record().asked, "prompts.scored"), score.partial);
  EXPECT_EQ(get<std::vector<std::string>>(record().context, "as_judged"), score.as_judged);
}

TEST(ScoreRecord, OnlyRecordsOfTheSameRulesAreComparable) {
  const Record record = record_of("sd3", {});
  EXPECT_FALSE(refuse_comparison(record, record_of("dall-e-3", {}, "other")));
  EXPECT_TRUE(refuse_comparison(record, record_of("sd3", {"dependency=direct"})));
  Record incomplete = record;
  incomplete.asked["missing"] = std::int64_t{4};
  EXPECT_FALSE(refuse_comparison(record, incomplete));
}

/// A record of scores made by hand: two images of each of ten prompts.
Record of_scores(const std::string& name, std::vector<Aggregate> aggregates) {
  Record record;
  record.name = name;
  record.measurements = measurements_of({.aggregates = std::move(aggregates)});
  return record;
}

Aggregate two_images(const std::string& name, double value, double error) {
  return {.name = name, .value = value, .standard_error = error, .prompts = 10, .values = 20};
}

TEST(ScoreTable, GivesIntervalsByTAndTheRuleOfThreeWhereNothingOrEverythingIsRight) {
  const std::vector<Record> records = {
      of_scores("a", {two_images("some", 0.6, 0.1), two_images("all", 1, 0),
                      two_images("none", 0, 0), two_images("alike", 0.5, 0)})};
  const Table table = score_table("", records, {});
  const std::vector<Cell>& row = table.rows[0];
  EXPECT_NEAR(row[1].interval->high, 0.6 + 0.1 * 2.2621571628, 1e-9);  // t(9) at .975
  EXPECT_NEAR(row[2].interval->low, 1 + std::log(0.05) / 10, 1e-12);
  EXPECT_EQ(row[2].interval->high, 1);
  EXPECT_EQ(row[3].interval->low, 0);
  EXPECT_NEAR(row[3].interval->high, -std::log(0.05) / 10, 1e-12);
  EXPECT_FALSE(row[4].interval);
  EXPECT_THAT(table.notes,
              testing::Contains("a: alike has no interval: all prompts score the same"));
}

TEST(ScoreTable, SaysWhichIntervalIsCrossedAndWhichIsNot) {
  Aggregate crossed = two_images("overall", 0.6, 0.1);
  crossed.crossed = CrossedInterval{.interval = {0.3, 0.8}, .standard_error = 0.13, .seeds = 4};
  const std::vector<Record> records = {
      of_scores("a", {crossed, two_images("any", 0.6, 0.1)}),
      of_scores("b", {two_images("overall", 0.6, 0.1), two_images("any", 0.6, 0.1)})};
  const Table table = score_table("", records, {});
  ASSERT_EQ(table.columns.size(), 3u);
  EXPECT_EQ(table.rows[0][1].interval, (Interval{0.3, 0.8}));
  EXPECT_NEAR(table.rows[1][1].interval->high, 0.6 + 0.1 * 2.2621571628, 1e-9);
  EXPECT_THAT(table.notes, testing::Contains(HasSubstr(
                               "a: overall: 95 % by the bootstrap over prompts crossed with the 4 "
                               "seeds")));
  EXPECT_THAT(table.notes, testing::Not(testing::Contains(HasSubstr("b: overall"))));
}

TEST(ScoreTable, HasTheCorrectedScoreBesideTheRawOneAndSaysWhatItRestsOn) {
  BenchmarkScore score{.aggregates = {two_images("overall", 0.6, 0.1)}};
  score.audited = AuditedScore{
      .audit = {.true_positives = 27, .positives = 30, .true_negatives = 17, .negatives = 20},
      .corrected = {.rate = 0.55,
                    .standard_error = 0.1,
                    .interval = {0.35, 0.75},
                    .sensitivity = 0.9,
                    .specificity = 0.85}};
  Record audited;
  audited.name = "a";
  audited.measurements = measurements_of(score);
  const std::vector<Record> records = {audited, of_scores("b", {two_images("overall", 0.6, 0.1)})};
  const Table table = score_table("", records, {});
  ASSERT_EQ(table.columns.size(), 3u);
  EXPECT_EQ(table.columns[2].title, "overall, corrected");
  EXPECT_EQ(table.rows[0][2].interval, (Interval{0.35, 0.75}));
  EXPECT_FALSE(table.rows[1][2].interval);
  EXPECT_THAT(table.notes, testing::Contains(HasSubstr(
                               "a: corrected for the judge's errors in 50 answers audited at "
                               "random: it finds 27 of 30 right ones and 17 of 20 wrong ones")));
}

TEST(ScoreTable, MarksNoSpreadAsTheBest) {
  Aggregate spread = two_images("tifa_stdev", 0.2, 0);
  spread.standard_error.reset();
  spread.reason = kNoMean;
  spread.higher_is_better.reset();
  const std::vector<Record> records = {of_scores("a", {two_images("overall", 0.6, 0.1), spread}),
                                       of_scores("b", {two_images("overall", 0.5, 0.1), spread})};
  const Table table = score_table("", records, {});
  EXPECT_TRUE(table.rows[0][1].bold);
  EXPECT_FALSE(table.rows[0][2].bold || table.rows[1][2].bold);
  EXPECT_THAT(table.notes,
              testing::Contains("b: tifa_stdev has no interval: it is no mean over prompts"));
}

TEST(ScoreTable, HasARowForEachSystemAndLeavesDetailsToTheRecord) {
  Record incomplete = record_of("sd3", {});
  incomplete.asked["missing"] = std::int64_t{4};
  const std::vector<Record> records = {record_of("dall-e-3", {}), incomplete};
  const std::string text = print(score_table("dpg-bench-v1", records, {}), TableFormat::csv);
  EXPECT_THAT(text, HasSubstr("overall"));
  EXPECT_THAT(text, HasSubstr("dall-e-3 (5 of the 1065 published prompts)"));
  EXPECT_THAT(text,
              HasSubstr("sd3 (5 of the 1065 published prompts; incomplete: 4 images missing)"));
  EXPECT_THAT(text, testing::Not(HasSubstr("entity - whole")));
}

}  // namespace
}  // namespace lidit::benchmarks
