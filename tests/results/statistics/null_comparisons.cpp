#include "tests/results/statistics/null_comparisons.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "results/philox.h"
#include "results/statistics.h"

namespace lidit {
namespace {

constexpr double kLogit = 0.4, kStructureSpread = 0.7, kPromptSpread = 0.8, kInteraction = 0.3;
constexpr std::size_t kFamily = 6;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

double seed_effect(const NullDesign& design, Philox& random) {
  switch (design.noise) {
    case SeedNoise::normal:
      return design.seed_spread * random.normal();
    case SeedNoise::skewed:
      return design.seed_spread * (-std::log1p(-random.uniform()) - 1);
    case SeedNoise::two_modes:
      return design.seed_spread * (random.uniform() < 0.5 ? -0.9 : 0.9) +
             design.seed_spread * 0.43 * random.normal();
  }
  return 0;
}

/// The structure of every prompt.
std::vector<std::int64_t> structures_of(const NullDesign& design) {
  std::vector<std::int64_t> structures;
  for (std::int64_t structure = 0; structure < design.structures; ++structure) {
    const std::int64_t prompts =
        design.unequal ? 2 * (structure + 1) * design.prompts / (design.structures + 1)
                       : design.prompts;
    structures.insert(structures.end(), static_cast<std::size_t>(prompts), structure);
  }
  return structures;
}

/// a_g + a_i of every prompt, structure by structure.
std::vector<double> draw_prompts(const std::vector<std::int64_t>& structures, Philox& random) {
  std::vector<double> logits;
  double shared = 0;
  for (std::size_t i = 0; i < structures.size(); ++i) {
    if (i == 0 || structures[i] != structures[i - 1])
      shared = kLogit + kStructureSpread * random.normal();
    logits.push_back(shared + kPromptSpread * random.normal());
  }
  return logits;
}

/// A training run: right or wrong on every prompt. The images' noise is not shared by systems.
std::vector<double> draw_scores(const std::vector<std::int64_t>& structures,
                                const std::vector<double>& prompts, double effect, Philox& random) {
  std::vector<double> scores;
  double shift = effect;
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    if (i == 0 || structures[i] != structures[i - 1])
      shift = effect + kInteraction * random.normal();
    scores.push_back(random.uniform() < logistic(prompts[i] + shift) ? 1 : 0);
  }
  return scores;
}

/// E logistic(center + spread * Z): the middle of 64 slices of equal probability, twice as many as
/// change the third digit.
double mean_logistic(double center, double spread) {
  constexpr int kSlices = 64;
  static const std::vector<double> nodes = [] {
    std::vector<double> z;
    for (int i = 0; i < kSlices; ++i) z.push_back(normal_quantile((i + 0.5) / kSlices));
    return z;
  }();
  double total = 0;
  for (const double z : nodes) total += logistic(center + spread * z);
  return total / kSlices;
}

/// E logistic(logit + b + c) over seeds, between points of a grid from many effects drawn.
class MeanOverSeeds {
 public:
  explicit MeanOverSeeds(const NullDesign& design) : values_(kPoints) {
    constexpr int kEffects = 4000;
    Philox random(0, "mean over seeds");
    for (int k = 0; k < kEffects; ++k) {
      const double effect = seed_effect(design, random) + kInteraction * random.normal();
      for (int i = 0; i < kPoints; ++i)
        values_[static_cast<std::size_t>(i)] += logistic(kLeast + i * kStep + effect) / kEffects;
    }
  }
  /// The mean of these prompts over all seeds.
  double of(const std::vector<double>& prompts) const {
    double total = 0;
    for (const double logit : prompts) {
      const double place = std::clamp((logit - kLeast) / kStep, 0.0, kPoints - 1.001);
      const auto below = static_cast<std::size_t>(place);
      total += std::lerp(values_[below], values_[below + 1], place - static_cast<double>(below));
    }
    return total / static_cast<double>(prompts.size());
  }

 private:
  static constexpr int kPoints = 121;
  static constexpr double kLeast = -6, kStep = 0.1;
  std::vector<double> values_;
};

bool holds(const Interval& interval, double value) {
  return interval.low <= value && value <= interval.high;
}

using Means = std::vector<double>;

/// Seed means of the reference and of the six rows.
std::vector<Means> draw_systems(const NullDesign& design,
                                const std::vector<std::int64_t>& structures,
                                const std::vector<double>& prompts, Philox& random) {
  std::vector<Means> systems(kFamily + 1);
  for (Means& system : systems)
    for (std::int64_t k = 0; k < design.seeds; ++k)
      system.push_back(
          *mean(draw_scores(structures, prompts, seed_effect(design, random), random)));
  return systems;
}

double equivalence_at(const Means& a, const Means& b, double margin) {
  std::vector<double> shifted;
  for (std::size_t k = 0; k < a.size(); ++k) shifted.push_back(a[k] - b[k] + margin);
  return equivalence_test(shifted, margin).value_or(1);
}

/// The share of differences, moved by the effect that their own spread says is detectable, that a
/// t test finds.
double share_found(const std::vector<PairedDifference>& all, double df) {
  double squares = 0;
  for (const PairedDifference& one : all) {
    const double error = one.standard_error.value_or(0);
    squares += error * error;
  }
  const double effect =
      minimum_detectable_effect(std::sqrt(squares / static_cast<double>(all.size())), df);
  const double critical = t_quantile(0.975, df);
  const auto found = std::ranges::count_if(all, [&](const PairedDifference& one) {
    return one.standard_error && std::abs(one.difference + effect) > critical * *one.standard_error;
  });
  return static_cast<double>(found) / static_cast<double>(all.size());
}

}  // namespace

NullShares simulate_comparisons(const NullDesign& design, double margin, std::int64_t comparisons,
                                std::uint64_t seed) {
  NullShares shares{};
  const MeanOverSeeds truth(design);
  const std::vector<std::int64_t> structures = structures_of(design);
  std::vector<PairedDifference> all;
  const double share = 1 / static_cast<double>(comparisons);
  for (std::int64_t number = 0; number < comparisons; ++number) {
    Philox random(seed, "null comparison", static_cast<std::uint64_t>(number));
    const std::vector<double> prompts = draw_prompts(structures, random);
    const std::vector<Means> systems = draw_systems(design, structures, prompts, random);
    std::vector<double> p;
    for (std::size_t row = 1; row <= kFamily; ++row)
      p.push_back(paired_difference(systems[row], systems[0], 0)->t_test_p.value_or(1));
    const PairedDifference first = *paired_difference(systems[1], systems[0], 0);
    all.push_back(first);
    shares.mean_covered += share * holds(*t_interval(systems[1]), truth.of(prompts));
    shares.difference_covered += share * (!first.interval || holds(*first.interval, 0));
    shares.t_test += share * (p.front() < 0.05);
    shares.sign_flips += share * (first.sign_flip_p < 0.05);
    const auto significant = static_cast<double>(
        std::ranges::count_if(holm(p), [](double adjusted) { return adjusted < 0.05; }));
    shares.adjusted += share * significant / kFamily;
    shares.any_of_family += share * (significant > 0);
    shares.equivalent_at_margin += share * (equivalence_at(systems[1], systems[0], margin) < 0.05);
  }
  shares.found = share_found(all, static_cast<double>(design.seeds - 1));
  return shares;
}

OneSeedShares simulate_single_seeds(const NullDesign& design, std::int64_t comparisons,
                                    std::uint64_t seed) {
  const double spread = std::sqrt(kStructureSpread * kStructureSpread +
                                  kPromptSpread * kPromptSpread + kInteraction * kInteraction);
  OneSeedShares shares{};
  const double share = 1 / static_cast<double>(comparisons);
  const std::vector<std::int64_t> structures = structures_of(design);
  for (std::int64_t number = 0; number < comparisons; ++number) {
    Philox random(seed, "single seeds", static_cast<std::uint64_t>(number));
    const std::vector<double> prompts = draw_prompts(structures, random);
    const double effect_a = seed_effect(design, random), effect_b = seed_effect(design, random);
    std::vector<double> differences = draw_scores(structures, prompts, effect_a, random);
    const std::vector<double> other = draw_scores(structures, prompts, effect_b, random);
    for (std::size_t i = 0; i < other.size(); ++i) differences[i] -= other[i];
    const double truth =
        mean_logistic(kLogit + effect_a, spread) - mean_logistic(kLogit + effect_b, spread);
    const Interval bootstrapped =
        *bootstrap_interval(differences, structures, static_cast<std::uint64_t>(number));
    shares.runs_covered += share * holds(bootstrapped, truth);
    shares.systems_covered += share * holds(bootstrapped, 0);
    shares.clustered_t += share * holds(*clustered_t_interval(differences, structures), truth);
  }
  return shares;
}

}  // namespace lidit
