// How long things take: repeats, in turns, until the median is known well enough or enough time has
// gone by. The clock is the caller's, so that the rule is tested without time.
#pragma once
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/statistics/interval.h"

namespace lidit::throughput {

/// When a measurement ends.
struct StoppingRule {
  /// Wanted: half of the median's 95 % interval, as a part of the median.
  double noise = 0.02;
  double seconds = 5;            // of measuring one work at most; the repeat under way is finished
  std::int64_t most = 1000;      // repeats
  double repeat_seconds = 0.05;  // a repeat is as many passes as fill this
};
/// Throws UserError on a number that is none, or not positive.
void check(const StoppingRule& rule);

/// Seconds since some moment.
using Clock = std::function<double()>;
Clock steady_clock();

/// Something that is timed, and how much it counts.
struct Part {
  std::function<void()> pass;
  double weight = 1;
};

/// What one value is measured of: the weighted sum of the seconds of its parts, which run one
/// behind the other in each repeat. A single part of weight 1 is the plain case; a deep and a
/// shallow stack with the weights of extrapolate() give what no machine can hold.
struct Work {
  std::string name;  // for what is told of a failure
  std::vector<Part> parts;
};

/// The weights of the deep and of the shallow stack whose sum is the time of `blocks` blocks, when
/// time is a straight line in the number of blocks: t = t_shallow + (blocks - shallow) * (t_deep -
/// t_shallow) / (deep - shallow). std::logic_error unless shallow < deep.
struct LineWeights {
  double deep, shallow;
};
LineWeights extrapolate(std::int64_t shallow, std::int64_t deep, std::int64_t blocks);

/// What a pass takes.
struct Timing {
  double seconds;                      // the median over repeats
  std::optional<Interval> interval{};  // 95 %, of the median; too few repeats have none
  Interval range;                      // the shortest and the longest repeat
  std::int64_t repeats;
  bool reached;  // the noise that was wanted; else a cap ended it

  /// Half of the interval's width, as a part of the median.
  std::optional<double> noise() const;
};

/// A time, or why there is none: what a pass threw, or a MachineError that says that the clock did
/// not move, or that a weighted sum was not positive.
struct Outcome {
  std::optional<Timing> timing{};
  std::exception_ptr failure{};
};

/// Told after each repeat how many works are finished. What it throws ends everything.
using Tell = std::function<void(std::size_t finished)>;

/// One warm-up pass of each part, whose time says nothing (caches, first allocations), and a timed
/// one that says how many passes fill a repeat; then rounds: in each round every work that is not
/// finished runs one repeat, in the order given, so that a machine that is slow for a while is slow
/// for all. A work that fails is left out of what follows; the others go on.
std::vector<Outcome> measure_in_turns(std::span<const Work> works, const StoppingRule& rule,
                                      const Clock& clock, const Tell& tell = {});

/// The interval of the median between order statistics, which holds for any distribution:
/// [x_(k), x_(n+1-k)] with the largest k so that P(Binomial(n, 1/2) < k) <= (1 - level) / 2.
/// Nothing where even the whole range is less than that (n < 6 at 95 %).
std::optional<Interval> median_interval(std::span<const double> values, double level = 0.95);

}  // namespace lidit::throughput
