#include "metrics/probes/sets/latin_square.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "results/hash.h"

namespace lidit::probes {
namespace {

const std::vector<PairCategory>& categories() {
  static const std::vector<PairCategory> loaded =
      load_pair_categories(LIDIT_SOURCE_DIR "/metrics/prompts/t2i-compbench");
  return loaded;
}

std::string mistake(const SetOptions& options) {
  try {
    draw_sets(categories(), options);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no mistake";
}

TEST(LatinSquare, PutsEveryPairOnceIntoEverySlot) {
  for (const std::int64_t pairs : {2, 4, 6, 8})
    for (const PairSet& set : draw_sets(categories(), {.sets = 9, .pairs = pairs})) {
      std::map<std::pair<std::int64_t, std::int64_t>, int> seen;  // by pair and slot
      for (std::int64_t rotation = 0; rotation < pairs; ++rotation) {
        const std::vector<Pair> order = set.rotated(rotation);
        for (std::int64_t slot = 0; slot < pairs; ++slot) {
          const std::int64_t pair = set.pair_at(slot, rotation);
          EXPECT_EQ(order[static_cast<std::size_t>(slot)],
                    set.pairs[static_cast<std::size_t>(pair)]);
          EXPECT_EQ(set.slot_of(pair, rotation), slot);
          ++seen[{pair, slot}];
        }
      }
      EXPECT_EQ(std::ssize(seen), pairs * pairs);
    }
}

TEST(LatinSquare, SetsHaveNoWordTwiceAndOneCategory) {
  const std::vector<PairSet> sets = draw_sets(categories(), {.sets = 60, .pairs = 8});
  for (std::size_t g = 0; g < sets.size(); ++g) {
    EXPECT_EQ(sets[g].category, static_cast<std::int64_t>(g % categories().size()));
    const PairCategory& category = categories()[g % categories().size()];
    std::set<std::string> words;
    for (const Pair& pair : sets[g].pairs) {
      words.insert({pair.adjective, pair.noun});
      EXPECT_THAT(category.pairs, testing::Contains(pair));
    }
    EXPECT_EQ(words.size(), 16u);
  }
}

TEST(LatinSquare, MoreSetsBeginWithTheSameOnes) {
  const std::vector<PairSet> few = draw_sets(categories(), {.sets = 5, .seed = 3}),
                             many = draw_sets(categories(), {.sets = 20, .seed = 3});
  for (std::size_t g = 0; g < few.size(); ++g) EXPECT_EQ(few[g].pairs, many[g].pairs);
  EXPECT_NE(draw_sets(categories(), {.sets = 5, .seed = 4}).front().pairs, few.front().pairs);
}

TEST(LatinSquare, RefusesSetsThatCannotBeHad) {
  EXPECT_EQ(mistake({.pairs = 1}), "a set of 1 pair has no positions to compare; take at least 2");
  EXPECT_THAT(mistake({.sets = 0}), testing::HasSubstr("take at least 1"));
  EXPECT_THAT(mistake({.pairs = 9}),
              testing::AllOf(testing::HasSubstr("'texture' has 8 adjectives"),
                             testing::HasSubstr("take fewer pairs")));
}

TEST(LatinSquare, TheThousandPromptsOfSeedZeroStayAsTheyAre) {
  const SetOptions options;
  const std::vector<PairSet> sets = draw_sets(categories(), options);
  const std::string lines = to_json_lines(sets, categories(), options);
  EXPECT_EQ(std::ranges::count(lines, '\n'), 1000);
  EXPECT_EQ(sha256_hex(lines), "0877c350924b7efe17fb8fae5efae396a44e0720a5d8632c1de01e8804d04a81");
}

TEST(LatinSquare, WritesItsSeedAndTheWordsOfEverySlot) {
  const SetOptions options{.sets = 1, .pairs = 3, .listing = Listing::commas_only, .seed = 7};
  const std::vector<PairSet> sets = draw_sets(categories(), options);
  std::istringstream lines(to_json_lines(sets, categories(), options));
  std::int64_t rotation = 0;
  for (std::string line; std::getline(lines, line); ++rotation) {
    const auto object = nlohmann::json::parse(line);
    EXPECT_EQ(object["seed"], 7);
    EXPECT_EQ(object["set"], 0);
    EXPECT_EQ(object["rotation"], rotation);
    EXPECT_EQ(object["category"], "color");
    const std::vector<Pair> order = sets.front().rotated(rotation);
    EXPECT_EQ(object["prompt"], list_pairs(order, {.listing = Listing::commas_only}).text);
    for (std::size_t slot = 0; slot < 3; ++slot) {
      EXPECT_EQ(object["adjectives"][slot], order[slot].adjective);
      EXPECT_EQ(object["nouns"][slot], order[slot].noun);
      EXPECT_EQ(object["segments"][slot], order[slot].adjective + " " + order[slot].noun);
    }
  }
  EXPECT_EQ(rotation, 3);
}

}  // namespace
}  // namespace lidit::probes
