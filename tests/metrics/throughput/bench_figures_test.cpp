#include "metrics/throughput/bench_figures.h"

#include <gmock/gmock.h>

#include "tests/metrics/throughput/bench_records.h"

namespace lidit::throughput {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<Record> two_sizes() {
  std::vector<Record> records;
  for (const auto& [size, parameters, seconds] :
       {std::tuple{"micro", std::int64_t{400'000}, 0.02}, {"lidit-s", 40'000'000, 0.4}}) {
    MadeCell cell{.section = "sampling", .size = size, .parameters = parameters};
    cell.seconds = seconds;
    records.push_back(made_record(cell));
    cell.section = "refiners";
    cell.strategy = "bidirectional-refiner";
    cell.seconds = seconds / 10;
    records.push_back(made_record(cell));
  }
  return records;
}

TEST(BenchFigures, LeaveOutWhatHasNoRecords) {
  EXPECT_THAT(bench_figures({}), IsEmpty());
  EXPECT_THAT(bench_figures(two_sizes()),
              ElementsAre(Field(&Figure::name, "roofline"), Field(&Figure::name, "sampling"),
                          Field(&Figure::name, "text_share")));
}

TEST(BenchFigures, AreTheSameForTheSameRecords) {
  const auto once = bench_figures(two_sizes()), again = bench_figures(two_sizes());
  for (std::size_t i = 0; i < once.size(); ++i) EXPECT_EQ(once[i].svg, again[i].svg);
}

TEST(BenchFigures, DrawTheMeasuredRoofs) {
  const std::string svg = bench_figures(two_sizes()).front().svg;
  EXPECT_THAT(svg, HasSubstr("fp32 products, 2.5TFLOP/s"));
  EXPECT_THAT(svg, HasSubstr("lidit-s"));
}

TEST(BenchFigures, LeaveOutCellsThatWereNotMeasured) {
  const std::vector<Record> records{
      skipped_record({.section = "encoders", .size = "llama-3-8b"}, "no memory")};
  EXPECT_THAT(bench_figures(records), IsEmpty());
}

TEST(CostFigures, NeedAScoreAndACost) {
  Record record;
  record.asked = {{"strategy", std::string("raw-llm")}};
  record.measurements = {{.name = "structures.binding", .value = 0.6, .unit = "fraction"}};
  EXPECT_THAT(cost_figures(std::span(&record, 1), "structures.binding"), IsEmpty());
  record.measurements.push_back({.name = "train.seconds_per_step", .value = 0.1, .unit = "s"});
  const auto figures = cost_figures(std::span(&record, 1), "structures.binding");
  ASSERT_THAT(figures, testing::SizeIs(1));
  EXPECT_THAT(figures[0].svg, HasSubstr("raw-llm"));
}

TEST(CostFigures, KeepWorldsAndDevicesApart) {
  Record record;
  record.asked = {{"strategy", std::string("raw-llm")}};
  record.measurements = {{.name = "structures.binding", .value = 0.6, .unit = "fraction"},
                         {.name = "train.seconds_per_step", .value = 0.1, .unit = "s"}};
  std::vector<Record> records(4, record);
  records[1].context["world"] = std::string("desk");
  records[2].context["device_name"] = std::string("a GPU");
  const auto figures = cost_figures(records, "structures.binding");
  ASSERT_THAT(figures, testing::SizeIs(3));
  EXPECT_EQ(figures[1].name, "cost_alignment_2");
}

}  // namespace
}  // namespace lidit::throughput
