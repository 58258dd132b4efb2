#include "metrics/throughput/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

#include "results/errors.h"
#include "results/statistics/distributions.h"
#include "results/statistics/estimates.h"

namespace lidit::throughput {
namespace {

constexpr double kMostPasses = 1e6;  // of a repeat

void require_positive(std::string_view what, double value) {
  if (!(value > 0 && std::isfinite(value)))
    throw UserError(fmt::format("{} must be a positive number, got {}", what, value));
}

/// A work under way.
class Repeats {
 public:
  Repeats(const Work& work, const StoppingRule& rule, const Clock& clock)
      : work_(work), rule_(rule), clock_(clock) {
    for (const Part& part : work.parts) {
      part.pass();  // cold: neither measured nor what repeats are made up by
      passes_.push_back(std::clamp(rule.repeat_seconds / time(part, 1), 1.0, kMostPasses));
    }
  }

  void run_one() {
    double value = 0;
    for (std::size_t i = 0; i < work_.parts.size(); ++i) {
      const auto passes = static_cast<std::int64_t>(std::ceil(passes_[i]));
      const double seconds = time(work_.parts[i], passes);
      spent_ += seconds;
      value += work_.parts[i].weight * seconds / static_cast<double>(passes);
    }
    if (!(value > 0 && std::isfinite(value)))
      throw MachineError(
          fmt::format("{}: a deep stack was not slower than a shallow one, so nothing can be "
                      "extrapolated: try again on a quiet machine",
                      work_.name));
    values_.push_back(value);
  }

  bool finished() const {
    return reached() || spent_ >= rule_.seconds ||
           static_cast<std::int64_t>(values_.size()) >= rule_.most;
  }

  Timing timing() const {
    const auto [least, most] = std::ranges::minmax(values_);
    return {.seconds = *quantile(values_, 0.5),
            .interval = median_interval(values_),
            .range = {least, most},
            .repeats = std::ssize(values_),
            .reached = reached()};
  }

 private:
  bool reached() const {
    const auto interval = median_interval(values_);
    return interval && interval->high - interval->low <= 2 * rule_.noise * *quantile(values_, 0.5);
  }

  double time(const Part& part, std::int64_t passes) const {
    const double begin = clock_();
    for (std::int64_t i = 0; i < passes; ++i) part.pass();
    const double seconds = clock_() - begin;
    if (!(seconds > 0 && std::isfinite(seconds)))
      throw MachineError(
          fmt::format("{}: the clock says that it took {} seconds", work_.name, seconds));
    return seconds;
  }

  const Work& work_;
  const StoppingRule& rule_;
  const Clock& clock_;
  std::vector<double> passes_;  // of each part in a repeat
  std::vector<double> values_;
  double spent_ = 0;
};

/// A work's place in the rounds: its repeats while it runs, its outcome in the end.
struct Turn {
  std::optional<Repeats> repeats{};
  Outcome outcome{};

  bool running() const { return repeats && !outcome.timing && !outcome.failure; }
  /// Runs `step`; what it throws becomes the outcome.
  template <class Step>
  void attempt(const Step& step) {
    try {
      step();
    } catch (...) {
      outcome.failure = std::current_exception();
    }
  }
};

}  // namespace

void check(const StoppingRule& rule) {
  require_positive("the noise that is wanted", rule.noise);
  require_positive("the time for one measurement", rule.seconds);
  require_positive("the time for one repeat", rule.repeat_seconds);
  require_positive("the number of repeats", static_cast<double>(rule.most));
}

Clock steady_clock() {
  return [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  };
}

LineWeights extrapolate(std::int64_t shallow, std::int64_t deep, std::int64_t blocks) {
  if (shallow >= deep)
    throw std::logic_error(fmt::format("no line through {} and {} blocks", shallow, deep));
  const double steps = static_cast<double>(blocks - shallow) / static_cast<double>(deep - shallow);
  return {.deep = steps, .shallow = 1 - steps};
}

std::optional<double> Timing::noise() const {
  if (!interval) return std::nullopt;
  return (interval->high - interval->low) / 2 / seconds;
}

std::vector<Outcome> measure_in_turns(std::span<const Work> works, const StoppingRule& rule,
                                      const Clock& clock, const Tell& tell) {
  check(rule);
  std::vector<Turn> turns(works.size());
  for (std::size_t i = 0; i < works.size(); ++i)
    turns[i].attempt([&] { turns[i].repeats.emplace(works[i], rule, clock); });
  const auto running = [&] { return std::ranges::count_if(turns, &Turn::running); };
  while (running() > 0) {
    for (Turn& turn : turns) {
      if (!turn.running()) continue;
      turn.attempt([&] {
        turn.repeats->run_one();
        if (turn.repeats->finished()) turn.outcome.timing = turn.repeats->timing();
      });
      if (tell) tell(turns.size() - static_cast<std::size_t>(running()));
    }
  }
  std::vector<Outcome> outcomes;
  for (Turn& turn : turns) outcomes.push_back(std::move(turn.outcome));
  return outcomes;
}

std::optional<Interval> median_interval(std::span<const double> values, double level) {
  const std::int64_t n = std::ssize(values);
  std::int64_t k = 0;  // the interval leaves out k - 1 values on each side
  while (2 * (k + 1) <= n && binomial_cumulative(k, n, 0.5) <= (1 - level) / 2) ++k;
  if (k == 0) return std::nullopt;
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  return Interval{sorted[static_cast<std::size_t>(k - 1)], sorted[static_cast<std::size_t>(n - k)]};
}

}  // namespace lidit::throughput
