// The predictions that hold for any weights, on tiny random models: what a causal mask forbids is
// zero to the last bit.
#include "harness/probed_encoder.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "harness/settings.h"
#include "metrics/probes/probe.h"
#include "results/errors.h"
#include "results/statistics.h"
#include "tests/support/tiny_model.h"

namespace lidit {
namespace {

using probes::Measure;

const std::vector<std::string> kNeutral = {"A man walks his dog.", "The sun is over the sea.",
                                           "Two cats sit on a roof.", "Rain falls in the town."};

class ProbedEncoder : public ::testing::Test {
 protected:
  ProbedEncoder()
      : material(
            probes::load_material(LIDIT_SOURCE_DIR "/metrics/prompts", {.sets = 6, .pairs = 3})) {}

  ProbeRow row(Fields asked) const {
    asked.try_emplace("strategy", std::string("raw-llm"));
    asked.try_emplace("encoder.model", llama.string());
    asked.try_emplace("backbone.size", std::string("tiny"));
    return {.label = "row",
            .resolved = resolve(with_probe_defaults(std::move(asked)), folder.path()),
            .weights = {}};
  }
  ProbeRow refiner(Fields asked) const {
    asked["strategy"] = std::string("bidirectional-refiner");
    return row(std::move(asked));
  }
  OpenedEncoder open(const ProbeRow& of) const {
    return open_probed_encoders(std::vector{of}, kNeutral, folder.path(), c10::kCPU).front();
  }
  std::vector<double> sets(const char* probe, const char* measure, const ProbeRow& of) const {
    const auto made = probes::find_probes(probe).front().make(material);
    const std::vector<probes::Subject> subjects = {open(of).subject};
    const auto states = probes::mean_states(made->plan(), subjects, [](std::int64_t) {});
    const std::vector<Measure> measures =
        probes::measures_of(*made, states.front(), subjects.front());
    return std::ranges::find(measures, measure, &Measure::name)->by_set;
  }
  std::string mistake(const ProbeRow& of) const {
    try {
      open(of);
    } catch (const UserError& error) {
      return error.what();
    }
    return "no mistake";
  }

  const TemporaryFolder folder;
  const std::filesystem::path llama = write_tiny_llama(folder), t5 = write_tiny_t5(folder);
  const probes::Material material;
};

const Fields kCausal = {{"refiner.mask", std::string("causal")}};

TEST_F(ProbedEncoder, ACausalModelHasNoFutureInfluenceToTheLastBit) {
  for (const std::int64_t layer : {1, 2, 3}) {
    const std::vector<double> fir = sets("P1", "fir", row({{"encoder.layer", layer}}));
    EXPECT_THAT(fir, testing::AllOf(testing::Not(testing::IsEmpty()), testing::Each(0)));
  }
  EXPECT_THAT(sets("P1", "reach.1", row({})), testing::Each(2));
  EXPECT_THAT(sets("P1", "reach.3", row({})), testing::Each(6));
}

TEST_F(ProbedEncoder, NeitherHasACausalRefinerWhoseGatesAreHeldFixed) {
  Fields timed = kCausal;
  timed["refiner.conditioning"] = std::string("time");
  for (const Fields& asked : {kCausal, timed})
    EXPECT_THAT(sets("P1", "fir", refiner(asked)),
                testing::AllOf(testing::Not(testing::IsEmpty()), testing::Each(0)));
}

TEST_F(ProbedEncoder, AFullRefinerLetsLaterWordsReachEarlierOnes) {
  EXPECT_THAT(sets("P1", "fir", refiner({})),
              testing::AllOf(testing::Not(testing::IsEmpty()), testing::Each(testing::Gt(0.01))));
  EXPECT_THAT(sets("P1", "reach.1", refiner({})), testing::Each(6));
  EXPECT_THAT(sets("P6", "after.8", refiner({})), testing::Each(testing::Gt(1e-4)));
}

TEST_F(ProbedEncoder, ARefinerWithClosedGatesIsTheIdentity) {
  EXPECT_THAT(sets("P1", "fir", refiner({{"refiner.gate_init", std::string("zero")}})),
              testing::AllOf(testing::Not(testing::IsEmpty()), testing::Each(0)));
}

TEST_F(ProbedEncoder, ABidirectionalModelLooksBothWays) {
  const ProbeRow both_ways = row({{"encoder.model", t5.string()}});
  EXPECT_THAT(sets("P1", "fir", both_ways),
              testing::AllOf(testing::Not(testing::IsEmpty()), testing::Each(testing::Gt(0.1))));
  EXPECT_THAT(sets("P6", "after.8", both_ways), testing::Each(testing::Gt(1e-6)));
}

TEST_F(ProbedEncoder, WhatIsAppendedDoesNotMoveACausalModel) {
  Fields timed = kCausal;
  timed["refiner.conditioning"] = std::string("time");
  for (const ProbeRow& of : {row({}), refiner(timed)}) {
    EXPECT_THAT(sets("P6", "after.8", of), testing::Each(testing::Lt(1e-5)));
    EXPECT_THAT(sets("P6", "before.8", of), testing::Each(testing::Gt(1e-4)));
  }
}

TEST_F(ProbedEncoder, AnInstructionMovesTheSameWordsOfACausalModelAndOfARefinerBehindIt) {
  for (const ProbeRow& of :
       {row({}), refiner({}), row({{"encoder.instruction", std::string("li-dit")}})})
    EXPECT_THAT(sets("P6", "instruction", of),
                testing::AllOf(testing::SizeIs(6), testing::Each(testing::Gt(1e-4))));
  EXPECT_THAT(sets("P6", "instruction", row({{"encoder.model", t5.string()}})), testing::IsEmpty())
      << "no constant prefix goes before a bidirectional model's caption";
}

TEST_F(ProbedEncoder, TheTwinOfARowIsTheRowWithTheOtherInstruction) {
  const std::vector<std::string> prompts = {"A red car.", "A blue dog and a cat."};
  const probes::Subject without = open(row({})).subject,
                        with = open(row({{"encoder.instruction", std::string("li-dit")}})).subject;
  EXPECT_TRUE(at::equal(without.twin(prompts).states, with.encode(prompts).states));
  EXPECT_TRUE(at::equal(with.twin(prompts).states, without.encode(prompts).states));
  EXPECT_TRUE(at::equal(without.twin(prompts).spans, with.encode(prompts).spans));
}

TEST_F(ProbedEncoder, RowsThatShareALanguageModelGiveWhatTheyGiveAlone) {
  const std::vector<ProbeRow> rows = {row({}), refiner({}), row({{"encoder.model", t5.string()}})};
  const std::vector<OpenedEncoder> together =
      open_probed_encoders(rows, kNeutral, folder.path(), c10::kCPU);
  const std::vector<std::string> prompts = {"A red car.", "A blue dog and a cat."};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const probes::TokenStates states = together[i].subject.encode(prompts),
                              alone = open(rows[i]).subject.encode(prompts);
    EXPECT_TRUE(at::equal(states.states, alone.states));
    EXPECT_TRUE(at::equal(states.spans, alone.spans));
    EXPECT_EQ(together[i].description.width, states.states.size(1));
  }
}

TEST_F(ProbedEncoder, SaysWhatItsStatesDependOn) {
  const probes::ProbedEncoder frozen = open(row({{"encoder.layer", std::int64_t{-1}}})).description,
                              refined = open(refiner({})).description;
  EXPECT_EQ(frozen.layer, "-1");
  EXPECT_EQ(frozen.dtype, "f32");
  EXPECT_EQ(frozen.instruction, "none");
  EXPECT_EQ(frozen.width, 32);
  EXPECT_EQ(frozen.states, "of the language model");
  EXPECT_EQ(refined.states, "after a refiner (2 blocks, full mask), untrained, t = 0");
}

TEST_F(ProbedEncoder, RefusesTokensThatBelongToNoWord) {
  EXPECT_THAT(mistake(row({{"adapter.kind", std::string("resampler")},
                           {"adapter.queries", std::int64_t{4}}})),
              testing::HasSubstr("belong to no word"));
  EXPECT_THAT(mistake(row({{"encoder.layer_mix", std::string("per-block")}})),
              testing::HasSubstr("other tokens for each block"));
}

}  // namespace
}  // namespace lidit
