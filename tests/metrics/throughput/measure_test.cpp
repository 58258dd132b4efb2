#include "metrics/throughput/measure.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "results/errors.h"

namespace lidit::throughput {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// Time passes only when a pass says so.
class FakeTime {
 public:
  Clock clock() {
    return [this] { return now_; };
  }
  /// A pass that takes these seconds in turn, the last of them for ever.
  std::function<void()> takes(std::vector<double> seconds, std::string* log = nullptr,
                              char name = ' ') {
    return [this, seconds, log, name, next = std::size_t{0}]() mutable {
      now_ += seconds[std::min(next++, seconds.size() - 1)];
      if (log) *log += name;
    };
  }

 private:
  double now_ = 100;
};

/// One pass a repeat, however short.
StoppingRule rule(double noise, double seconds) {
  return {.noise = noise, .seconds = seconds, .repeat_seconds = 1e-9};
}

Outcome measure(FakeTime& time, std::vector<Part> parts, const StoppingRule& rule) {
  const Work work{"work", std::move(parts)};
  return measure_in_turns(std::span(&work, 1), rule, time.clock()).front();
}

std::string failure_of(const Outcome& outcome) {
  try {
    if (outcome.failure) std::rethrow_exception(outcome.failure);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "no failure";
}

TEST(Measure, EndsAsSoonAsTheMedianIsKnownWellEnough) {
  FakeTime time;
  const Outcome outcome = measure(time, {{time.takes({1})}}, rule(0.01, 1000));
  ASSERT_TRUE(outcome.timing);
  EXPECT_TRUE(outcome.timing->reached);
  EXPECT_EQ(outcome.timing->repeats, 6);  // with fewer there is no interval
  EXPECT_EQ(outcome.timing->seconds, 1);
  EXPECT_EQ(outcome.timing->noise(), 0);
}

TEST(Measure, GoesOnWhileItIsNoisy) {
  FakeTime time;
  // The warm-up, the pass that repeats are made up by, ten noisy repeats, then quiet ones.
  const Outcome outcome =
      measure(time, {{time.takes({9, 9, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1})}}, rule(0.05, 1000));
  ASSERT_TRUE(outcome.timing);
  EXPECT_TRUE(outcome.timing->reached);
  EXPECT_GT(outcome.timing->repeats, 11);
  EXPECT_EQ(outcome.timing->seconds, 1);
  EXPECT_EQ(outcome.timing->range, (Interval{1, 2}));  // without the warm-up
}

TEST(Measure, StopsAtTheCapOfSecondsAndSaysSo) {
  FakeTime time;
  const Outcome outcome =
      measure(time, {{time.takes({1, 1, 1, 2, 1, 2, 1, 2, 1, 2})}}, rule(0.01, 5));
  ASSERT_TRUE(outcome.timing);
  EXPECT_FALSE(outcome.timing->reached);
  EXPECT_EQ(outcome.timing->repeats, 4);  // 1 + 2 + 1 + 2
  EXPECT_FALSE(outcome.timing->interval);
  EXPECT_EQ(outcome.timing->noise(), std::nullopt);
}

TEST(Measure, StopsAtTheCapOfRepeats) {
  FakeTime time;
  StoppingRule capped = rule(1e-6, 1e9);
  capped.most = 9;
  const Outcome outcome =
      measure(time, {{time.takes({1, 1, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2})}}, capped);
  ASSERT_TRUE(outcome.timing);
  EXPECT_EQ(outcome.timing->repeats, 9);
  EXPECT_FALSE(outcome.timing->reached);
}

TEST(Measure, FillsARepeatWithShortPasses) {
  FakeTime time;
  std::string log;
  const Work work{"short", {{time.takes({0.01}, &log, '.')}}};
  const auto outcomes = measure_in_turns(
      std::span(&work, 1), {.noise = 0.5, .seconds = 100, .repeat_seconds = 0.1}, time.clock());
  EXPECT_NEAR(outcomes[0].timing->seconds, 0.01, 1e-12);
  EXPECT_EQ(log.size(), 2u + 6 * 10);  // one to warm up, one to see how short they are
}

TEST(Measure, DoesNotTakeAColdFirstPassForTheLengthOfAll) {
  FakeTime time;
  std::string log;
  const Work work{"cold", {{time.takes({32, 0.125}, &log, '.')}}};
  const auto outcomes = measure_in_turns(
      std::span(&work, 1), {.noise = 0.5, .seconds = 100, .repeat_seconds = 1.25}, time.clock());
  EXPECT_EQ(outcomes[0].timing->seconds, 0.125);
  EXPECT_EQ(log.size(), 2u + 6 * 10) << "ten passes a repeat, not one";
}

TEST(Measure, TakesTurnsInTheOrderGiven) {
  FakeTime time;
  std::string log;
  const std::vector<Work> works{{"a", {{time.takes({1}, &log, 'a')}}},
                                {"b", {{time.takes({1, 1, 1, 2, 1, 2, 1, 2, 1, 2}, &log, 'b')}}},
                                {"c", {{time.takes({1}, &log, 'c')}}}};
  std::vector<std::size_t> told;
  const auto outcomes = measure_in_turns(works, rule(0.01, 12), time.clock(),
                                         [&](std::size_t done) { told.push_back(done); });
  EXPECT_EQ(log,
            "aabbcc"              // warm-up, and a pass to see how long it is
            "abcabcabcabcabcabc"  // a and c are known after six
            "bb");                // b never is, and ends after 12 seconds: 1 2 1 2 1 2 1 2
  EXPECT_EQ(told.back(), 3u);
  EXPECT_TRUE(std::ranges::is_sorted(told));
}

TEST(Measure, RefusesAClockThatDoesNotMove) {
  for (const double seconds : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(),
                               std::numeric_limits<double>::infinity()}) {
    FakeTime time;
    const Outcome outcome = measure(time, {{time.takes({seconds})}}, rule(0.01, 5));
    EXPECT_FALSE(outcome.timing);
    EXPECT_THAT(failure_of(outcome), HasSubstr("the clock says"));
  }
}

TEST(Measure, LeavesOutWhatFailsAndGoesOnWithTheOthers) {
  FakeTime time;
  int passes = 0;
  const std::vector<Work> works{{"broken", {{[&] {
                                   time.takes({1})();
                                   if (++passes == 3) throw std::runtime_error("no memory left");
                                 }}}},
                                {"whole", {{time.takes({1})}}}};
  const auto outcomes = measure_in_turns(works, rule(0.01, 100), time.clock());
  EXPECT_EQ(failure_of(outcomes[0]), "no memory left");
  EXPECT_FALSE(outcomes[0].timing);
  EXPECT_TRUE(outcomes[1].timing);
}

TEST(Measure, EndsWhenTheListenerThrows) {
  FakeTime time;
  const Work work{"work", {{time.takes({1})}}};
  EXPECT_THROW(measure_in_turns(std::span(&work, 1), rule(0.01, 100), time.clock(),
                                [](std::size_t) { throw std::logic_error("stop"); }),
               std::logic_error);
}

TEST(Measure, RefusesRulesThatEndNothing) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const StoppingRule& bad :
       {StoppingRule{.noise = 0}, StoppingRule{.noise = nan}, StoppingRule{.seconds = -1},
        StoppingRule{.seconds = nan}, StoppingRule{.most = 0}, StoppingRule{.repeat_seconds = 0}})
    EXPECT_THROW(check(bad), UserError);
}

TEST(Extrapolation, IsExactOnAStraightLine) {
  const auto [deep, shallow] = extrapolate(1, 3, 28);
  const auto line = [](double blocks) { return 5 + 0.25 * blocks; };
  EXPECT_DOUBLE_EQ(deep * line(3) + shallow * line(1), line(28));
  EXPECT_THROW(extrapolate(3, 3, 28), std::logic_error);
}

TEST(Extrapolation, ComesWithASpreadOfItsOwn) {
  FakeTime time;
  const auto [deep, shallow] = extrapolate(1, 3, 21);
  const Outcome outcome = measure(
      time, {{time.takes({1}), shallow}, {time.takes({3, 3, 3, 3.1, 3}), deep}}, rule(0.01, 15));
  ASSERT_TRUE(outcome.timing);
  EXPECT_NEAR(outcome.timing->range.low, 21, 1e-9);   // 1 + 20 * (3 - 1) / 2
  EXPECT_NEAR(outcome.timing->range.high, 22, 1e-9);  // ten times the tenth of a second
}

TEST(Extrapolation, IsRefusedWhereTheDeepStackIsNotSlower) {
  FakeTime time;
  const auto [deep, shallow] = extrapolate(1, 3, 100);
  const Outcome outcome =
      measure(time, {{time.takes({2}), shallow}, {time.takes({1}), deep}}, rule(0.01, 10));
  EXPECT_THAT(failure_of(outcome), HasSubstr("a deep stack was not slower"));
}

// k from tables of the binomial distribution: P(B(12, 1/2) < 3) = .0193, P(B(12, 1/2) < 4) = .073.
TEST(MedianInterval, IsThatOfOrderStatistics) {
  std::vector<double> values{5, 3, 1, 2, 4};
  EXPECT_EQ(median_interval(values), std::nullopt);
  values.push_back(6);
  EXPECT_EQ(median_interval(values), (Interval{1, 6}));
  for (double more = 7; more <= 12; ++more) values.push_back(more);
  EXPECT_EQ(median_interval(values), (Interval{3, 10}));
  EXPECT_EQ(median_interval({}), std::nullopt);
}

}  // namespace
}  // namespace lidit::throughput
