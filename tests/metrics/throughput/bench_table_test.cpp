#include "metrics/throughput/bench_table.h"

#include <gmock/gmock.h>

#include "tests/metrics/throughput/bench_records.h"
#include "tests/support/temporary_folder.h"

namespace lidit::throughput {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

std::string print_all(std::span<const Record> records, const BenchTableOptions& options = {}) {
  std::string text;
  for (const Table& table : bench_tables(records, options))
    text += print(table, TableFormat::terminal);
  return text;
}

std::vector<Record> some_records() {
  return {made_record({.section = "encoders", .size = "qwen2-0.5b"}),
          made_record({.section = "encoders",
                       .size = "llama-3-8b",
                       .seconds = 20,
                       .reached = false,
                       .measured_blocks = {1, 3}}),
          made_record({.section = "sampling", .size = "micro", .seconds = 0.02}),
          made_record({.section = "refiners",
                       .size = "micro",
                       .strategy = "bidirectional-refiner",
                       .seconds = 0.005}),
          made_record({.section = "training", .size = "micro", .seconds = 0.1})};
}

TEST(BenchRecord, HoldsRatesSharesAndEveryTermOfTheWork) {
  const Record record = made_record({.section = "encoders", .size = "x"});
  EXPECT_EQ(record.find("units_per_second")->value, 8 / 0.5);
  EXPECT_EQ(record.find("flops_per_second")->value, 1e12);
  EXPECT_EQ(record.find("share_of_peak")->value, 0.5);
  EXPECT_EQ(record.find("flops.attention")->value, 1e11);
  EXPECT_NEAR(*record.find("pass.noise")->value, 0.15, 1e-12);
  EXPECT_TRUE(is_bench(record));
  EXPECT_FALSE(is_bench(Record{}));
}

TEST(BenchTable, HasOneTableASectionInTheirOrder) {
  const auto tables = bench_tables(some_records());
  ASSERT_THAT(tables, SizeIs(4));
  EXPECT_EQ(tables[0].title, "How fast language models read");
  EXPECT_EQ(tables[3].title, "What strategies cost in front of a backbone");
  EXPECT_THAT(bench_tables({}), SizeIs(0));
}

TEST(BenchTable, ShowsRatesWithTheirSpread) {
  const std::vector<Record> records{made_record({.section = "encoders", .size = "qwen2-0.5b"})};
  // 8 prompts in 0.5 s, between 0.45 and 0.6 s; 64 tokens each; 5e11 FLOP in all.
  EXPECT_THAT(print_all(records),
              AllOf(HasSubstr("16.0 [13.3, 17.8]"), HasSubstr("1024"), HasSubstr("62.5"),
                    HasSubstr("1000"), HasSubstr("50"), HasSubstr("a processor, 2 threads")));
}

TEST(BenchTable, CallsNothingADiskThatAFewRandomBlocksStoodFor) {
  MadeCell cell{.section = "encoders", .size = "smollm2-135m"};
  cell.weights = "from disk";
  EXPECT_THAT(print_all(std::vector{made_record(cell)}), HasSubstr("from disk"));
  cell.measured_blocks = {1, 3};
  EXPECT_THAT(print_all(std::vector{made_record(cell)}),
              AllOf(Not(HasSubstr("from disk")), HasSubstr("random")));
}

TEST(BenchTable, ShowsNoSpreadOfOneRepeat) {
  MadeCell cell{.section = "encoders", .size = "llama-3-8b"};
  cell.repeats = 1;
  EXPECT_THAT(print_all(std::vector{made_record(cell)}),
              AllOf(HasSubstr("16.0 [1]"), Not(HasSubstr("13.3")),
                    HasSubstr("[1] one repeat: its spread is not known")));
}

TEST(BenchTable, MarksWhatWasExtrapolatedAndWhatStayedNoisy) {
  const std::string text = print_all(some_records());
  EXPECT_THAT(text, HasSubstr("llama-3-8b [1]"));
  EXPECT_THAT(text, HasSubstr("extrapolated from 1 and 3 of 28 blocks"));
  EXPECT_THAT(text, HasSubstr("the noise wanted, 2 %, was not reached within 5 s"));
  EXPECT_THAT(text, HasSubstr("estimated: weights"));
}

TEST(BenchTable, SetsTheRefinerBesideItsStep) {
  const auto tables = bench_tables(some_records());
  const Table& sampling = tables[1];
  const auto column = std::ranges::find(sampling.columns, "+ refiner", &Column::title);
  ASSERT_NE(column, sampling.columns.end());
  const Cell& cell = sampling.rows[0][static_cast<std::size_t>(column - sampling.columns.begin())];
  EXPECT_DOUBLE_EQ(cell.value.value(), 0.25);
  EXPECT_THAT(print_all(some_records()), HasSubstr("not measured"));  // the fusion
}

TEST(BenchTable, GivesTheReasonOfARowThatWasNotMeasured) {
  const std::vector<Record> records{
      skipped_record({.section = "training", .size = "lidit-1b"}, "needs about 19 GiB")};
  EXPECT_THAT(print_all(records), AllOf(HasSubstr("lidit-1b"), HasSubstr("needs about 19 GiB")));
}

TEST(BenchTable, HasPricesOnlyWhenOneIsGiven) {
  EXPECT_THAT(print_all(some_records()), Not(HasSubstr("price")));
  // 1,000 images of 20 steps of 0.02 s for 8 of them: 50 s; at 7.20 an hour 0.1.
  const std::string priced = print_all(some_records(), {.price_per_hour = 7.2});
  EXPECT_THAT(priced, AllOf(HasSubstr("price of 1,000 images"), HasSubstr("0.100"),
                            HasSubstr("Reading the prompts")));
}

TEST(BenchTable, IsTheSameByteForByteFromRecordsThatWereReadBack) {
  const TemporaryFolder folder;
  std::vector<Record> read;
  for (const Record& record : some_records()) {
    const auto place = folder.path() / record.fingerprint;
    std::filesystem::create_directory(place);
    write_record(place, record, {});
    read.push_back(read_record(place));
  }
  EXPECT_EQ(print_all(read), print_all(some_records()));
}

}  // namespace
}  // namespace lidit::throughput
