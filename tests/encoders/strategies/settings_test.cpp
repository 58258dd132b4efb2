#include "encoders/strategies/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "encoders/strategies/instructions.h"
#include "results/errors.h"

namespace lidit {
namespace {

using std::string;
using testing::HasSubstr;

bool is_minilm(const string& model) { return model == "all-minilm-l6-v2"; }

StrategySettings settings_of(const Fields& defaults, const Fields& asked = {}) {
  return parse_strategy_settings(complete_settings(defaults, asked, is_minilm));
}

template <class Action>
string message_of(Action action) {
  try {
    action();
  } catch (const SpecError& error) {
    return error.what();
  }
  return "no SpecError";
}

TEST(StrategySettings, OfRawLlmAreALinearAdapterOverTheThirdToLastBlock) {
  const StrategySettings settings = settings_of(raw_llm_defaults());
  ASSERT_EQ(settings.encoders.size(), 1u);
  EXPECT_EQ(settings.encoders[0].source.model, "smollm2-135m-instruct");
  EXPECT_EQ(settings.encoders[0].source.layer, -3);
  EXPECT_EQ(settings.encoders[0].source.dtype, at::kBFloat16);
  EXPECT_EQ(settings.encoders[0].source.instruction, "");
  EXPECT_EQ(settings.encoders[0].source.chat_template, "plain");
  EXPECT_EQ(settings.encoders[0].feature_norm, FeatureNorm::rms);
  EXPECT_EQ(settings.refiner.depth, 0);
  EXPECT_EQ(settings.fusion.blocks, 0);
}

TEST(StrategySettings, OfInstructionGuidedAddThePapersInstructionInAChat) {
  const EncoderSettings encoder = settings_of(instruction_guided_defaults()).encoders[0].source;
  EXPECT_EQ(encoder.instruction,
            "Describe the image by detailing the color, shape, size, texture, quantity, text, and "
            "spatial relationships of the objects:");
  EXPECT_EQ(encoder.chat_template, "chatml");
}

TEST(StrategySettings, OfTheBidirectionalRefinerAreTwoFullBlocksWithClosedGates) {
  const StrategySettings settings = settings_of(bidirectional_refiner_defaults());
  EXPECT_EQ(settings.refiner.depth, 2);
  EXPECT_EQ(settings.refiner.mask, AttentionPattern::full);
  EXPECT_EQ(settings.refiner.gate, GateInit::zero);
  EXPECT_EQ(settings.encoders[0].source.instruction, "");
}

TEST(StrategySettings, OfFusionInstructTheCausalEncoderAlone) {
  const StrategySettings settings = settings_of(multi_llm_fusion_defaults());
  ASSERT_EQ(settings.encoders.size(), 2u);
  EXPECT_EQ(settings.encoders[0].source.instruction, find_instruction("li-dit").text);
  EXPECT_EQ(settings.encoders[0].source.chat_template, "chatml");
  EXPECT_EQ(settings.encoders[0].source.layer, -3);
  EXPECT_EQ(settings.encoders[1].source.model, "all-minilm-l6-v2");
  EXPECT_EQ(settings.encoders[1].source.instruction, "");
  EXPECT_EQ(settings.encoders[1].source.chat_template, "plain");
  EXPECT_EQ(settings.encoders[1].source.layer, -1);
  EXPECT_EQ(settings.refiner.depth, 2);
  EXPECT_EQ(settings.fusion.blocks, 1);
}

TEST(StrategySettings, TakeTheLastLayerOfABidirectionalEncoder) {
  const auto settings =
      settings_of(raw_llm_defaults(), {{"encoder.model", string("all-minilm-l6-v2")}});
  EXPECT_EQ(settings.encoders[0].source.layer, -1);
}

TEST(StrategySettings, LetTheKeyOfOneEncoderWinOverTheKeyOfAll) {
  const auto settings = settings_of(multi_llm_fusion_defaults(),
                                    {{"encoder.layer", std::int64_t{-2}},
                                     {"encoder.1.layer", std::int64_t{4}},
                                     {"encoder.1.instruction", string("a text of mine:")},
                                     {"encoder.dtype", string("f32")}});
  EXPECT_EQ(settings.encoders[0].source.layer, -2);
  EXPECT_EQ(settings.encoders[1].source.layer, 4);
  EXPECT_EQ(settings.encoders[1].source.instruction, "a text of mine:");
  EXPECT_EQ(settings.encoders[1].source.dtype, at::kFloat);
}

TEST(StrategySettings, ReadEveryMaskAndGate) {
  const auto settings =
      settings_of(multi_llm_fusion_defaults(), {{"refiner.mask", string("causal")},
                                                {"refiner.gate_init", string("one")},
                                                {"fusion.gate_init", string("one")},
                                                {"encoder.feature_norm", string("none")}});
  EXPECT_EQ(settings.refiner.mask, AttentionPattern::causal);
  EXPECT_EQ(settings.refiner.gate, GateInit::one);
  EXPECT_EQ(settings.fusion.gate, GateInit::one);
  EXPECT_EQ(settings.encoders[1].feature_norm, FeatureNorm::none);
}

TEST(StrategySettings, KeepTheFirstTokenInEveryStrategyAlike) {
  for (const Fields& defaults : {raw_llm_defaults(), instruction_guided_defaults(),
                                 bidirectional_refiner_defaults(), multi_llm_fusion_defaults()})
    for (const EncoderPart& part : settings_of(defaults).encoders)
      EXPECT_EQ(part.source.bos, BosUse::keep);
}

TEST(StrategySettings, ReadWhatBecomesOfTheFirstTokenOfCausalModels) {
  const auto settings = settings_of(
      multi_llm_fusion_defaults(),
      {{"encoder.bos", string("mask")}, {"encoder.instruction", string("random-words")}});
  EXPECT_EQ(settings.encoders[0].source.bos, BosUse::mask);
  EXPECT_TRUE(settings.encoders[0].source.random_words);
  const auto bidirectional = settings_of(multi_llm_fusion_defaults(), {}).encoders[1].source;
  EXPECT_EQ(bidirectional.bos, BosUse::keep);
  EXPECT_FALSE(bidirectional.random_words);
  const auto dropped = settings_of(raw_llm_defaults(), {{"encoder.bos", string("drop")}});
  EXPECT_EQ(dropped.encoders[0].source.bos, BosUse::drop);
}

TEST(FeatureFields, NameNothingThatIsOffSoThatStoredFeaturesStayKnown) {
  EncoderSettings settings{.model = "m", .instruction = "look at this:"};
  EXPECT_EQ(feature_fields(settings), (Fields{{"layer", std::int64_t{-3}},
                                              {"dtype", string("bf16")},
                                              {"template", string("plain")},
                                              {"instruction", string("look at this:")}}));
  settings.random_words = true;
  settings.bos = BosUse::mask;
  EXPECT_EQ(get<bool>(feature_fields(settings), "random_words"), true);
  EXPECT_EQ(get<string>(feature_fields(settings), "bos"), "mask");
}

TEST(StrategySettings, LeaveKeysOfOthersAlone) {
  EXPECT_NO_THROW(settings_of(raw_llm_defaults(), {{"train.steps", std::int64_t{5}}}));
}

TEST(StrategySettings, RefuseWhatTheyDoNotKnowAndNameTheChoices) {
  const auto message = [](const Fields& asked) {
    return message_of([&] { settings_of(raw_llm_defaults(), asked); });
  };
  EXPECT_THAT(message({{"refiner.dept", std::int64_t{1}}}), HasSubstr("refiner.depth"));
  EXPECT_THAT(message({{"encoder.0.modle", string("x")}}), HasSubstr("encoder.model"));
  EXPECT_THAT(message({{"encoder.1.model", string("x")}}), HasSubstr("1 encoder"));
  EXPECT_THAT(message({{"encoder.99999999999999999999.model", string("x")}}), HasSubstr("unknown"));
  EXPECT_THAT(message({{"encoder.0.count", std::int64_t{1}}}), HasSubstr("unknown"));
  EXPECT_THAT(message({{"refiner.mask", string("causl")}}), HasSubstr("causal"));
  EXPECT_THAT(message({{"refiner.depth", std::int64_t{-1}}}), HasSubstr("between 0 and"));
  EXPECT_THAT(message({{"refiner.depth", string("two")}}), HasSubstr("refiner.depth"));
  EXPECT_THAT(message({{"encoder.count", std::int64_t{0}}}), HasSubstr("between 1 and"));
  EXPECT_THAT(message({{"encoder.instruction", string("lidit")}}), HasSubstr("li-dit"));
  EXPECT_THAT(message({{"fusion.blocks", std::int64_t{1}}}), HasSubstr("several encoders"));
}

TEST(StrategySettings, RefuseAMissingLayer) {
  EXPECT_THAT(message_of([] { parse_strategy_settings(raw_llm_defaults()); }),
              HasSubstr("encoder.layer is missing"));
}

TEST(StrategyKeys, AreExactlyWhatTheStrategiesSetBesidesTheLayer) {
  Fields fields = multi_llm_fusion_defaults();
  for (const KeyDescription& key : strategy_keys()) {
    EXPECT_FALSE(key.summary.empty()) << key.key;
    if (key.key == "encoder.layer") continue;
    ASSERT_TRUE(fields.contains(key.key)) << key.key;
    EXPECT_EQ(kind_name(fields[key.key]), key.kind) << key.key;
    if (key.choices.empty()) continue;
    EXPECT_THAT(key.choices, testing::Contains(get<string>(fields, key.key)));
  }
}

}  // namespace
}  // namespace lidit
