// What every probe must say of encoders that are known through and through.
#include "metrics/probes/probe.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "metrics/probes/inference.h"
#include "metrics/probes/recoverability.h"
#include "results/statistics.h"
#include "tests/metrics/probes/synthetic_encoder.h"

namespace lidit::probes {
namespace {

Material material(std::int64_t sets, std::int64_t pairs = 4) {
  return load_material(LIDIT_SOURCE_DIR "/metrics/prompts", {.sets = sets, .pairs = pairs});
}

/// One probe's measures of one encoder.
class Scores {
 public:
  Scores(const char* probe, const Contextualize& encoder, const Material& of,
         const Contextualize& twin = {}) {
    const ProbeEntry entry = find_probes(probe).front();
    const std::unique_ptr<Probe> made = entry.make(of);
    const std::vector<Subject> subjects = {{synthetic_encoder(encoder), no_standardization(),
                                            twin ? synthetic_encoder(twin) : EncodeTokens()}};
    const MeanStates states = mean_states(made->plan(), subjects, [](std::int64_t) {}).front();
    measures_ = measures_of(*made, states, subjects.front());
  }
  const std::vector<double>& sets(const std::string& name) const {
    for (const Measure& measure : measures_)
      if (measure.name == name) return measure.by_set;
    throw std::logic_error("no measure " + name);
  }
  double operator[](const std::string& name) const { return mean(sets(name)).value(); }
  /// How many standard errors over sets it is from 0.
  double errors_from_zero(const std::string& name) const {
    return std::abs((*this)[name]) / standard_error(sets(name)).value();
  }

 private:
  std::vector<Measure> measures_;
};

std::string slot(const std::string& prefix, std::int64_t number) {
  return prefix + std::to_string(number);
}

TEST(FutureInfluence, IsExactlyZeroForACausalEncoderAndOneForItsMirrorImage) {
  const Material of = material(9);
  const Scores forward("P1", causal, of), backward("P1", anticausal, of);
  EXPECT_THAT(forward.sets("fir"), testing::AllOf(testing::SizeIs(9), testing::Each(0)));
  EXPECT_THAT(backward.sets("fir"), testing::AllOf(testing::SizeIs(9), testing::Each(1)));
  for (std::int64_t j = 1; j <= 4; ++j) {
    EXPECT_THAT(forward.sets(slot("reach.", j)), testing::Each(2 * j));
    EXPECT_THAT(backward.sets(slot("reach.", j)), testing::Each(2 * (5 - j)));
  }
}

TEST(FutureInfluence, IsAboutAHalfWhereEveryWordSeesEveryOther) {
  const Scores scores("P1", symmetric, material(9));
  EXPECT_NEAR(scores["fir"], 0.5, 0.05);
  for (std::int64_t j = 1; j <= 4; ++j) EXPECT_EQ(scores[slot("reach.", j)], 8);
}

TEST(FutureInfluence, DoesNotExistWithoutContext) {
  const Scores scores("P1", context_free, material(6));
  EXPECT_THAT(scores.sets("fir"), testing::IsEmpty());
  for (std::int64_t j = 1; j <= 4; ++j) EXPECT_EQ(scores[slot("reach.", j)], 2);
}

TEST(FutureInfluence, LeavesOutReplacementsThatMoveTokens) {
  const Material of = material(4);
  const std::unique_ptr<Probe> probe = find_probes("P1").front().make(of);
  MeanStates states{.means = at::rand({std::ssize(probe->plan().requests()), 8}, at::kDouble),
                    .tokens = {},
                    .positions = {},
                    .prompt_tokens = {}};
  states.tokens.assign(probe->plan().requests().size(), 2);
  states.positions.assign(probe->plan().requests().size(), 0.5);
  for (std::size_t i = 0; i < probe->plan().prompts().size(); ++i)
    states.prompt_tokens.push_back(static_cast<std::int64_t>(i));  // no two prompts alike
  for (const Measure& measure : probe->score(states))
    EXPECT_THAT(measure.by_set, testing::IsEmpty()) << measure.name;
}

TEST(FutureInfluence, IsOfSetsInWhichEveryAdjectiveWasReplaced) {
  const Material of = material(4);
  const std::unique_ptr<Probe> probe = find_probes("P1").front().make(of);
  const std::vector<Subject> subjects = {{synthetic_encoder(symmetric), no_standardization()}};
  MeanStates states = mean_states(probe->plan(), subjects, [](std::int64_t) {}).front();
  // Requests of the first set: its four segments, then two alternatives for each adjective in turn.
  for (std::size_t request = 12; request < 20; ++request) ++states.tokens[request];
  for (const Measure& measure : probe->score(states))
    EXPECT_THAT(measure.by_set, testing::SizeIs(3)) << measure.name;
}

TEST(Recoverability, DoesNotDependOnTheSlotWithoutContext) {
  const Scores scores("P2", context_free, material(6));
  EXPECT_NEAR(scores["slope"], 0, 1e-12);
  EXPECT_EQ(scores["retrieval"], 1);
  EXPECT_EQ(scores["retrieval.slope"], 0);
  for (std::int64_t j = 1; j <= 4; ++j) EXPECT_NEAR(scores[slot("slot.", j)], 0, 1e-12);
}

TEST(Recoverability, FallsWithTheSlotWhereEarlierWordsAreAddedUp) {
  const Scores forward("P2", causal, material(6)), backward("P2", anticausal, material(6));
  EXPECT_LT(forward["slope"], -0.02);
  EXPECT_GT(backward["slope"], 0.02);
  EXPECT_GT(forward["slot.1"], forward["slot.4"]);
  double total = 0;
  for (std::int64_t j = 1; j <= 4; ++j) total += forward[slot("slot.", j)];
  EXPECT_NEAR(total, 0, 1e-12);  // centred by pair
}

TEST(Recoverability, IsAtChanceWhereAPlaceHidesTheWord) {
  const Scores scores("P2", positional, material(30));
  EXPECT_EQ(scores["retrieval.1"], 1);  // the pair alone stands in the same place
  for (std::int64_t j = 2; j <= 4; ++j) EXPECT_LT(scores[slot("retrieval.", j)], 0.1);
}

TEST(Recoverability, FindsNothingWhereAllStatesAreTheSame) {
  const auto constant = [](const Tensor& words) { return at::ones_like(words); };
  const Scores scores("P2", constant, material(3));
  EXPECT_EQ(scores["retrieval"], 0);
}

TEST(Recoverability, SaysTheChanceOfEachCategory) {
  const Material of = material(3);  // a set of each
  const Scores scores("P2", context_free, of);
  bool some_are_few = false;
  for (std::size_t c = 0; c < 3; ++c) {
    const auto pairs = std::ssize(of.categories[c].pairs);
    some_are_few |= pairs < Recoverability::kCandidates;
    EXPECT_EQ(scores.sets("chance")[c],
              1.0 / static_cast<double>(std::min(pairs, Recoverability::kCandidates)));
  }
  EXPECT_TRUE(some_are_few);
}

TEST(Recoverability, HasAsManyTokensInEverySlotHoweverUnequalWordsAre) {
  const Material of = material(9);
  const std::unique_ptr<Probe> probe = find_probes("P2").front().make(of);
  const std::vector<Subject> subjects = {
      {synthetic_encoder(context_free, pieces_of), no_standardization()}};
  const std::vector<Measure> measures =
      probe->score(mean_states(probe->plan(), subjects, [](std::int64_t) {}).front());
  const auto pieces = [](const std::string& word) { return (word.size() + 2) / 3; };
  std::vector<double> expected;
  std::set<std::size_t> lengths;
  for (const PairSet& set : of.sets) {
    std::size_t total = 0;
    for (const Pair& pair : set.pairs) {
      lengths.insert(pieces(pair.adjective) + pieces(pair.noun));
      total += pieces(pair.adjective) + pieces(pair.noun);
    }
    expected.push_back(static_cast<double>(total) / 4);
  }
  EXPECT_THAT(lengths, testing::SizeIs(testing::Gt(2u)));
  for (std::int64_t j = 1; j <= 4; ++j) {
    const auto tokens = std::ranges::find(measures, slot("tokens.", j), &Measure::name);
    ASSERT_NE(tokens, measures.end());
    EXPECT_EQ(tokens->by_set, expected) << j;
  }
}

TEST(OrderConsistency, TellsPairsFromSlots) {
  const Scores words("P3", context_free, material(6)), places("P3", positional, material(6));
  EXPECT_NEAR(words["slot_share"], 0, 1e-12);
  EXPECT_NEAR(words["pair_share"], 1, 1e-12);
  EXPECT_NEAR(words["invariance"], 1, 1e-12);
  EXPECT_GT(places["slot_share"], 0.99);
  EXPECT_GT(places["excess"], 0.5);
  EXPECT_LT(places["invariance"], 0.5);
  EXPECT_NEAR(words["pooled"], 0, 1e-12);  // the same words, whatever their order
}

TEST(OrderConsistency, HasNoExcessWhereSlotsAreLabelsAlone) {
  // Each state is a vector of its own: neither pair nor slot.
  const Material of = material(60, 3);
  const std::unique_ptr<Probe> probe = find_probes("P3").front().make(of);
  const auto requests = std::ssize(probe->plan().requests());
  std::vector<float> noise(static_cast<std::size_t>(requests * 16));
  Philox(5, "noise").fill_normal(noise);
  MeanStates states{.means = at::tensor(noise).view({requests, 16}).to(at::kDouble),
                    .tokens = {},
                    .positions = {},
                    .prompt_tokens = {}};
  for (const Measure& measure : probe->score(states))
    if (measure.name == "excess") {
      EXPECT_LT(std::abs(*mean(measure.by_set)), 4 * *standard_error(measure.by_set));
    }
}

TEST(AblationSensitivity, IsEvenWhereAllWordsCountAlike) {
  const Scores even("P4", context_free, material(12));
  EXPECT_LT(even.errors_from_zero("slope"), 4);
  double total = 0;
  for (std::int64_t j = 1; j <= 4; ++j) total += even[slot("slot.", j)];
  EXPECT_NEAR(total, 4, 1e-9);  // relative to the mean of a prompt
}

TEST(AblationSensitivity, FallsWithTheSlotWhereEarlyWordsAreInAllStates) {
  EXPECT_LT(Scores("P4", causal, material(12))["slope"], -0.1);
  EXPECT_GT(Scores("P4", anticausal, material(12))["slope"], 0.1);
}

TEST(AblationSensitivity, MovesNoWordThatStaysWithoutContext) {
  const Scores scores("P4", context_free, material(6));
  for (const char* name : {"energy", "energy.1", "energy.4"})
    EXPECT_NEAR(scores[name], 0, 1e-12) << name;
  EXPECT_THAT(scores.sets("energy.slope"), testing::IsEmpty());
}

TEST(AblationSensitivity, OfACausalEncoderMovesNoWordBeforeTheOneLeftOut) {
  const Material commas = load_material(LIDIT_SOURCE_DIR "/metrics/prompts",
                                        {.sets = 6, .listing = Listing::commas_only});
  const Scores forward("P4", causal, commas), backward("P4", anticausal, commas);
  EXPECT_NEAR(forward["energy.4"], 0, 1e-12);
  EXPECT_GT(forward["energy.1"], 0.001);
  EXPECT_LT(forward["energy.slope"], -0.5);
  EXPECT_NEAR(backward["energy.1"], 0, 1e-12);
  EXPECT_GT(backward["energy.slope"], 0.5);
}

TEST(Binding, OfACausalEncoderIsBlindToWhatComesLater) {
  const Scores scores("P5", causal, material(60));
  EXPECT_GT(scores["prenominal.own"], 0.2);
  EXPECT_GT(scores["prenominal.own"], scores["prenominal.earlier"]);
  EXPECT_LT(scores.errors_from_zero("prenominal.later"), 4);
  EXPECT_LT(scores.errors_from_zero("postnominal.own"), 4);
  EXPECT_LT(scores.errors_from_zero("postnominal.later"), 4);
}

TEST(Binding, OfASymmetricEncoderFindsAdjectivesOnBothSides) {
  const Scores scores("P5", symmetric, material(60));
  for (const char* name : {"prenominal.own", "postnominal.own"}) {
    EXPECT_GT(scores[name], 0) << name;
    EXPECT_GT(scores.errors_from_zero(name), 4) << name;
  }
}

TEST(Binding, SaysFromWhichNounWhichAdjectiveLeaks) {
  const Scores scores("P5", next_adjective, material(60));
  for (const char* name : {"prenominal.1.2", "prenominal.2.3"})
    EXPECT_GT(scores[name], 0.4) << name;
  for (const char* name :
       {"prenominal.2.1", "prenominal.1.1", "prenominal.1.3", "prenominal.earlier"})
    EXPECT_LT(scores.errors_from_zero(name), 4) << name;
  EXPECT_GT(scores["prenominal.later"], 0.1);
}

TEST(Binding, KnowsNothingWithoutContext) {
  const Scores scores("P5", context_free, material(60));
  for (const char* name : {"prenominal.own", "prenominal.earlier", "prenominal.later"})
    EXPECT_LT(scores.errors_from_zero(name), 4) << name;
}

TEST(Binding, IsSelectiveAsFarAsANounKnowsItsOwnAdjectiveAlone) {
  const Scores own("P5", previous_word, material(60)), next("P5", next_adjective, material(60));
  EXPECT_GT(own["prenominal.own"], 0.4);
  EXPECT_NEAR(own["prenominal.selectivity"], own["prenominal.own"], 0.06);  // of leaks at chance
  EXPECT_LE(own["prenominal.selectivity.2"], own["prenominal.2.2"] - own["prenominal.2.1"] + 1e-12);
  EXPECT_LT(next["prenominal.selectivity.1"], -0.4);
  EXPECT_NEAR(next["prenominal.selectivity.1"], next["prenominal.1.1"] - next["prenominal.1.2"],
              1e-12);
}

TEST(Binding, OutweighsOrderWhereNounsAreOneWithTheirAdjectives) {
  const Scores bound("P5", bound_nouns, material(12)), placed("P5", placed_words, material(12));
  EXPECT_THAT(bound.sets("swap_margin"), testing::Each(testing::DoubleNear(1, 1e-9)));
  EXPECT_LT(placed["swap_margin"], -0.1);  // two words change places, and not four
}

TEST(Binding, HasNoSwapMarginInABagOfWords) {
  EXPECT_THAT(Scores("P5", context_free, material(12)).sets("swap_margin"), testing::IsEmpty());
}

TEST(Binding, ReadsAsManySwappedCaptionsAsThereAreSets) {
  const Scores words("P5", context_free, material(12)), placed("P5", placed_words, material(12));
  EXPECT_THAT(placed.sets("swapped_captions"), testing::SizeIs(12));
  EXPECT_THAT(words.sets("swapped_captions.same_words"),
              testing::AllOf(testing::Not(testing::IsEmpty()),
                             testing::Each(testing::DoubleNear(0, 1e-12))));
  EXPECT_GT(placed["swapped_captions.same_words"], 0.01);
}

TEST(Binding, RefusesToTrainOnNothing) {
  EXPECT_THROW(Scores("P5", causal, material(1, 2)), UserError);
}

TEST(Displacement, OfACausalEncoderComesFromBeforeAlone) {
  const Scores scores("P6", causal, material(4));
  for (const std::int64_t k : {1, 2, 4, 8}) {
    EXPECT_NEAR(scores[slot("after.", k)], 0, 1e-12);
    EXPECT_GT(scores[slot("before.", k)], 0.001);
  }
  EXPECT_GT(scores["before.8"], scores["before.1"]);
}

TEST(Displacement, FindsTheSameWordsBehindTheSentences) {
  const Scores scores("P6", context_free, material(4));
  for (const char* side : {"before.", "after."})
    for (const std::int64_t k : {1, 2, 4, 8}) EXPECT_NEAR(scores[slot(side, k)], 0, 1e-12);
}

TEST(Displacement, ByAnInstructionIsThatOfTheTwin) {
  const Material of = material(4, 3);
  const Scores same("P6", context_free, of, context_free),
      other("P6", context_free, of, positional);
  EXPECT_THAT(same.sets("instruction"),
              testing::AllOf(testing::SizeIs(4), testing::Each(testing::DoubleNear(0, 1e-12))));
  EXPECT_THAT(other.sets("instruction"), testing::Each(testing::Gt(0.3)));
  EXPECT_NEAR(other["instruction"],
              (other["instruction.1"] + other["instruction.2"] + other["instruction.3"]) / 3,
              1e-12);
}

TEST(Displacement, WithoutATwinHasNoValueOfTheInstruction) {
  const Scores scores("P6", context_free, material(4));
  EXPECT_THAT(scores.sets("instruction"), testing::IsEmpty());
  EXPECT_THAT(scores.sets("instruction.1"), testing::IsEmpty());
}

TEST(ProbeTable, AnswersAnUnknownProbeWithTheChoices) {
  try {
    find_probes("P1,P9");
    FAIL() << "no mistake";
  } catch (const UserError& mistake) {
    EXPECT_THAT(mistake.what(), testing::AllOf(testing::HasSubstr("unknown probe 'P9'"),
                                               testing::HasSubstr("P1, P2, P3, P4, P5, P6")));
  }
  EXPECT_EQ(find_probes("P6,P1").front().name, "P1");
  EXPECT_EQ(find_probes("").size(), 6u);
}

TEST(ProbeTable, EveryColumnIsAMeasureWhateverTheNumberOfPairs) {
  for (const std::int64_t pairs : {2, 5}) {
    const Material of = material(8, pairs);
    for (const ProbeEntry& entry : probe_table()) {
      const Scores scores(entry.name.data(), symmetric, of);
      for (const ProbeColumn& column : entry.columns(pairs))
        EXPECT_NO_THROW(scores.sets(column.measure)) << entry.name << " " << column.measure;
    }
  }
}

TEST(Inference, TestsAndAdjustsTheMeasuresOfTheTableAlone) {
  const ProbeEntry fir = find_probes("P1").front(), order = find_probes("P3").front();
  const std::vector<ProbeMeasures> measures = {
      {fir, {{"fir", {0, 0, 0, 0, 0}}, {"reach.1", {2, 2, 2, 2, 2}}}},
      {order, {{"excess", {0.1, 0.2, 0.1, 0.3, 0.2}}, {"pooled", {}}}}};
  const std::vector<Estimate> estimates = infer(measures, 4, 0);
  const Estimate& zero = find_estimate(estimates, "future-influence", "fir");
  EXPECT_EQ(zero.value, 0);
  EXPECT_EQ(zero.interval, (Interval{0, 0}));
  EXPECT_EQ(zero.p, 1);
  EXPECT_EQ(zero.adjusted_p, 1);
  const Estimate& excess = find_estimate(estimates, "order-consistency", "excess");
  EXPECT_NEAR(*excess.value, 0.18, 1e-12);
  EXPECT_EQ(excess.p, 2.0 / 32);
  EXPECT_EQ(excess.adjusted_p, 4.0 / 32);
  EXPECT_FALSE(find_estimate(estimates, "future-influence", "reach.1").p);
  const Estimate& none = find_estimate(estimates, "order-consistency", "pooled");
  EXPECT_FALSE(none.value || none.interval || none.p);
  EXPECT_THROW(find_estimate(estimates, "binding", "own"), std::logic_error);
}

}  // namespace
}  // namespace lidit::probes
