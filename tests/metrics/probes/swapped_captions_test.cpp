// What the distance between a caption and its negative says of encoders that are known.
#include "metrics/probes/swapped_captions.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/metrics/probes/synthetic_encoder.h"

namespace lidit::probes {
namespace {

using benchmarks::SwappedCaption;
using testing::DoubleNear;
using testing::Each;
using testing::IsEmpty;
using testing::SizeIs;

const std::vector<SwappedCaption> kSwaps = {
    {"A red car by a blue wall.", "A blue car by a red wall."},
    {"A big dog on a small bed.", "A small dog on a big bed."},
    {"A wet road in a dark town.", "A dark road in a wet town."}};

Material material_of(std::vector<SwappedCaption> captions, const SetOptions& options = {}) {
  return {
      .categories = {}, .options = options, .sets = {}, .swapped_captions = std::move(captions)};
}

std::vector<SwappedCaption> published() {
  return benchmarks::load_swapped_captions(LIDIT_SOURCE_DIR "/metrics/prompts/sugar-crepe");
}

/// The two measures of one encoder.
struct Distances {
  Distances(const Contextualize& encoder, const Material& material) {
    Plan plan;
    const std::vector<SwapRequests> requests = ask_swapped_captions(material, plan);
    const std::vector<Subject> subjects = {{synthetic_encoder(encoder), no_standardization()}};
    const std::vector<Measure> measures = measure_swapped_captions(
        requests, mean_states(plan, subjects, [](std::int64_t) {}).front());
    EXPECT_EQ(measures.at(0).name, "swapped_captions");
    EXPECT_EQ(measures.at(1).name, "swapped_captions.same_words");
    all = measures[0].by_set;
    same_words = measures[1].by_set;
  }
  std::vector<double> all, same_words;
};

/// What is asked for.
struct Asked {
  explicit Asked(const Material& material) : requests(ask_swapped_captions(material, plan)) {}
  Plan plan;
  std::vector<SwapRequests> requests;
};

TEST(SwappedCaptions, AreAtNoDistanceInABagOfWords) {
  const Distances distances(context_free, material_of(kSwaps));
  EXPECT_THAT(distances.all, testing::AllOf(SizeIs(3), Each(DoubleNear(0, 1e-12))));
  EXPECT_EQ(distances.same_words, distances.all);
}

TEST(SwappedCaptions, AreApartWhereOrderIsRead) {
  for (const Contextualize& encoder : {Contextualize(causal), Contextualize(placed_words)}) {
    const Distances distances(encoder, material_of(kSwaps));
    EXPECT_THAT(distances.all, testing::AllOf(SizeIs(3), Each(testing::Gt(0.01))));
    EXPECT_EQ(distances.same_words, distances.all);
  }
}

TEST(SwappedCaptions, AreAtOneWhereANegativeIsAsFarAsAnotherCaption) {
  const std::string car = kSwaps[0].caption, dog = kSwaps[1].caption;
  const Distances distances(context_free, material_of({{car, dog}, {dog, car}}));
  EXPECT_THAT(distances.all, testing::AllOf(SizeIs(2), Each(DoubleNear(1, 1e-12))));
  EXPECT_THAT(distances.same_words, IsEmpty());
}

TEST(SwappedCaptions, HaveNoValueWithoutARandomCaptionToCompareWith) {
  const auto constant = [](const Tensor& words) { return at::ones_like(words); };
  EXPECT_THAT(Distances(causal, material_of({kSwaps[0]})).all, IsEmpty());
  EXPECT_THAT(Distances(constant, material_of(kSwaps)).all, IsEmpty());
}

TEST(SwappedCaptions, AreNoMoreThanSetsAndMoreSetsBeginWithTheSameOnes) {
  const Asked few(material_of(published(), {.sets = 5})),
      many(material_of(published(), {.sets = 20})),
      others(material_of(published(), {.sets = 5, .seed = 1}));
  ASSERT_THAT(few.requests, SizeIs(5));
  ASSERT_THAT(many.requests, SizeIs(20));
  std::vector<std::string> first = many.plan.prompts();
  first.resize(few.plan.prompts().size());
  EXPECT_EQ(few.plan.prompts(), first);
  EXPECT_NE(few.plan.prompts(), others.plan.prompts());
}

TEST(SwappedCaptions, AreAllThatWerePublishedWhereThereAreMoreSets) {
  const Asked asked(material_of(published(), {.sets = 1000}));
  EXPECT_THAT(asked.requests, SizeIs(666));
  EXPECT_EQ(std::ranges::count_if(asked.requests, &SwapRequests::same_words), 317);
}

TEST(SwappedCaptions, OfTheSameWordsAreTellableByOrderAlone) {
  const Distances distances(context_free, material_of(published(), {.sets = 60}));
  EXPECT_THAT(distances.all, SizeIs(60));
  EXPECT_THAT(distances.same_words,
              testing::AllOf(testing::Not(IsEmpty()), SizeIs(testing::Lt(60u)),
                             Each(DoubleNear(0, 1e-12))));
  EXPECT_THAT(distances.all, testing::Contains(testing::Gt(0.01))) << "some change words too";
}

TEST(SwappedCaptions, AreAskedForWithoutSpareBlanks) {
  const std::vector<SwappedCaption> untidy = {{"A  red car by a blue wall. \n", "\tA blue one."}};
  EXPECT_THAT(Asked(material_of(untidy)).plan.prompts(),
              testing::ElementsAre("A red car by a blue wall.", "A blue one."));
}

}  // namespace
}  // namespace lidit::probes
