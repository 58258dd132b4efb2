// Prints the tables of results/statistics/README.md: how often intervals and tests err where
// nothing differs. The same arguments give the same bytes.
//   statistics_coverage [COMPARISONS]
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "results/table.h"
#include "tests/results/statistics/null_comparisons.h"

namespace lidit {
namespace {

constexpr double kMargin = 0.03;

Table many_seeds(std::int64_t comparisons) {
  Table table{.title = "Comparisons by seeds",
              .caption = fmt::format("{} simulated comparisons a row", comparisons)};
  table.columns = {{.title = "seeds differ"}, {.title = "seeds", .digits = 0}};
  for (const char* title :
       {"mean covered", "difference covered", "A/A: t test", "A/A: sign flips", "A/A: adjusted",
        "A/A: any of six rows, adjusted", "equivalent at the margin", "detectable effect found"})
    table.columns.push_back({.title = title, .unit = "fraction", .digits = 1});
  const std::vector<NullDesign> designs = {
      {.name = "normally"},
      {.name = "hardly", .seed_spread = 0.05},
      {.name = "skewed", .noise = SeedNoise::skewed},
      {.name = "in two modes", .noise = SeedNoise::two_modes},
  };
  for (NullDesign design : designs)
    for (const std::int64_t seeds : {3, 5, 10}) {
      design.seeds = seeds;
      const NullShares shares = simulate_comparisons(design, kMargin, comparisons, 0);
      std::vector<Cell> row = {Cell::words(std::string(design.name)),
                               Cell::number(static_cast<double>(seeds))};
      for (const double share :
           {shares.mean_covered, shares.difference_covered, shares.t_test, shares.sign_flips,
            shares.adjusted, shares.any_of_family, shares.equivalent_at_margin, shares.found})
        row.push_back(Cell::number(share));
      table.rows.push_back(std::move(row));
    }
  return table;
}

Table one_seed(std::int64_t comparisons) {
  Table table{.title = "Comparisons of one seed, over structures and prompts",
              .caption = fmt::format("{} simulated comparisons a row", comparisons)};
  table.columns = {{.title = "structures"}, {.title = "prompts of each"}};
  for (const char* title :
       {"runs covered, bootstrap", "runs covered, clustered t", "systems covered, bootstrap"})
    table.columns.push_back({.title = title, .unit = "fraction", .digits = 1});
  constexpr std::pair<std::int64_t, bool> kDesigns[] = {
      {4, false}, {8, false}, {24, false}, {24, true}};
  for (const auto& [structures, unequal] : kDesigns) {
    const std::int64_t prompts = 192 / structures;
    const OneSeedShares shares = simulate_single_seeds(
        {.name = "one seed", .structures = structures, .prompts = prompts, .unequal = unequal},
        comparisons, 0);
    table.rows.push_back(
        {Cell::words(std::to_string(structures)),
         Cell::words(fmt::format("{}{}", prompts, unequal ? " on average, in 1 : 2 : 3 ..." : "")),
         Cell::number(shares.runs_covered), Cell::number(shares.clustered_t),
         Cell::number(shares.systems_covered)});
  }
  return table;
}

}  // namespace
}  // namespace lidit

int main(int argc, char** argv) {
  const std::int64_t comparisons = argc > 1 ? std::atoll(argv[1]) : 10'000;
  if (comparisons < 10) {
    std::fputs("usage: statistics_coverage [COMPARISONS], at least 10 of them\n", stderr);
    return 2;
  }
  fmt::print("{}\n{}", print(lidit::many_seeds(comparisons), lidit::TableFormat::markdown),
             print(lidit::one_seed(comparisons / 10), lidit::TableFormat::markdown));
}
