#include "metrics/alignment/score_record.h"

#include <gmock/gmock.h>

#include "metrics/prompts/prompt_set.h"
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

TEST(ScoreRecord, OnlyRecordsOfTheSameRulesAreComparable) {
  const Record record = record_of("sd3", {});
  EXPECT_TRUE(are_comparable(record, record_of("dall-e-3", {}, "other")));
  EXPECT_FALSE(are_comparable(record, record_of("sd3", {"dependency=direct"})));
}

TEST(ScoreTable, HasARowForEachSystemAndLeavesDetailsToTheRecord) {
  Record incomplete = record_of("sd3", {});
  incomplete.asked["missing"] = std::int64_t{4};
  const std::vector<Record> records = {record_of("dall-e-3", {}), incomplete};
  const std::string text = print(score_table("dpg-bench-v1", records, {}), TableFormat::csv);
  EXPECT_THAT(text, HasSubstr("overall"));
  EXPECT_THAT(text, HasSubstr("sd3 (incomplete: 4 images missing)"));
  EXPECT_THAT(text, testing::Not(HasSubstr("entity - whole")));
}

}  // namespace
}  // namespace lidit::benchmarks
