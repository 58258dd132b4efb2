// Comparisons in which nothing differs, simulated: how often do intervals and tests say otherwise?
//
// A prompt i of structure g is drawn well by system s trained with seed k with probability
// logistic(mu + a_g + a_i + b_sk + c_skg): prompts and structures differ, every training run has an
// effect of its own (b) that differs by structure (c), and all systems have the same distribution.
#pragma once
#include <cstdint>
#include <string_view>

namespace lidit {

/// The form of b. All have mean 0.
enum class SeedNoise {
  normal,
  skewed,     // exponential: a few seeds do much better
  two_modes,  // near a transition: some seeds learn it and the others do not
};

struct NullDesign {
  std::string_view name;
  SeedNoise noise = SeedNoise::normal;
  double seed_spread = 0.5;                              // standard deviation of b, in logits
  std::int64_t seeds = 5, structures = 8, prompts = 24;  // prompts of each structure
  /// Structures of 1 : 2 : ... : G times as many prompts, `prompts` on average (one seed alone).
  bool unequal = false;
};

/// Shares of the simulated comparisons; all intervals at 95 %, all tests at 5 %. Where seeds have
/// no spread (all differ by the same amount) nothing is claimed, which counts as no error.
struct NullShares {
  double mean_covered;        // one system's t interval holds its mean over all seeds
  double difference_covered;  // the t interval of the paired difference holds 0
  double t_test, sign_flips;  // A/A: significant although nothing differs
  double adjusted;       // A/A: rows with an adjusted p below 5 %, six of them against a reference
  double any_of_family;  // A/A: families of six with such a row
  double equivalent_at_margin;  // called equivalent where the true difference is the margin itself
  double found;  // significant where the true difference is the minimum detectable effect (80 %)
};
NullShares simulate_comparisons(const NullDesign& design, double margin, std::int64_t comparisons,
                                std::uint64_t seed);

/// Comparisons of one seed with one other by `bootstrap_interval` over structures and prompts.
struct OneSeedShares {
  double runs_covered;     // holds the true difference of these two training runs
  double systems_covered;  // holds that of the systems, which is 0
  double clustered_t;      // as runs_covered, by clustered_t_interval
};
OneSeedShares simulate_single_seeds(const NullDesign& design, std::int64_t comparisons,
                                    std::uint64_t seed);

}  // namespace lidit
