#include "encoders/strategies/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "encoders/strategies/instructions.h"
#include "results/errors.h"

namespace lidit {
namespace {

using std::string;
using testing::HasSubstr;

using Layers = std::vector<std::int64_t>;

EncoderKind kind_of(const string& model) {
  if (model == "all-minilm-l6-v2") return {.bidirectional = true, .layers = {1, 2, 3, 4, 5, 6}};
  return {.bidirectional = false, .layers = {1, 2, 3, 4}};
}

const ModelLookup kLookup{.kind = kind_of, .chat_template = [](const string& model) {
                            return model == "with-system"
                                       ? CheckpointTemplate{"chatml", "You draw."}
                                       : CheckpointTemplate{"llama-3", ""};
                          }};

StrategySettings settings_of(const Fields& defaults, const Fields& asked = {}) {
  return parse_strategy_settings(complete_settings(defaults, asked, kLookup));
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

TEST(StrategySettings, PutTheCheckpointsTemplateWhereItIsAskedFor) {
  const auto encoder = [](const Fields& asked) {
    return settings_of(raw_llm_defaults(), asked).encoders.at(0).source;
  };
  Fields asked = {{"encoder.template", string("checkpoint")}, {"encoder.model", string("other")}};
  EXPECT_EQ(encoder(asked).chat_template, "llama-3");
  EXPECT_EQ(encoder(asked).system_text, "");
  asked["encoder.model"] = string("with-system");
  EXPECT_EQ(encoder(asked).chat_template, "chatml");
  EXPECT_EQ(encoder(asked).system_text, "You draw.");
  asked["encoder.system"] = string("You paint.");
  EXPECT_EQ(encoder(asked).system_text, "You paint.");
  EXPECT_EQ(encoder({{"encoder.template", string("chatml")}}).system_text, std::nullopt);
  EXPECT_EQ(encoder({{"encoder.system", string("none")}}).system_text, "");
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

TEST(StrategySettings, MixAllBlocksOfAModelUnlessTold) {
  for (const auto& [name, mix] : kLayerMixes) {
    if (mix == LayerMix::single) continue;
    const auto encoder =
        settings_of(raw_llm_defaults(), {{"encoder.layer_mix", string(name)}}).encoders[0].source;
    EXPECT_EQ(encoder.layer_mix, mix);
    EXPECT_EQ(encoder.kept_layers(),
              mix == LayerMix::concat ? (Layers{-2, -1}) : (Layers{1, 2, 3, 4}));
  }
  const auto told = settings_of(raw_llm_defaults(), {{"encoder.layer_mix", string("concat")},
                                                     {"encoder.layers", Layers{-5, 0, -1}}});
  EXPECT_EQ(told.encoders[0].source.kept_layers(), (Layers{-5, 0, -1}));
  const auto fused =
      settings_of(multi_llm_fusion_defaults(), {{"encoder.1.layer_mix", string("mean")}});
  EXPECT_EQ(fused.encoders[0].source.kept_layers(), Layers{-3});
  EXPECT_EQ(fused.encoders[1].source.kept_layers(), (Layers{1, 2, 3, 4, 5, 6}));
}

TEST(StrategySettings, FreezeTrainedWeightsOfLayersWhereAsked) {
  EXPECT_EQ(settings_of(raw_llm_defaults()).encoders[0].layer_freeze_at, 1);
  const auto frozen = settings_of(raw_llm_defaults(), {{"encoder.layer_mix", string("learned")},
                                                       {"encoder.layer_freeze_at", 0.6667}});
  EXPECT_EQ(frozen.encoders[0].layer_freeze_at, 0.6667);
}

TEST(StrategySettings, ReadEveryFeatureNorm) {
  const std::vector<std::pair<string, FeatureNorm>> norms = {
      {"none", FeatureNorm::none},
      {"rms", FeatureNorm::rms},
      {"layer-norm", FeatureNorm::layer_norm},
      {"affine-layer-norm", FeatureNorm::affine_layer_norm},
      {"scaled-rms", FeatureNorm::scaled_rms},
      {"standardized", FeatureNorm::standardized}};
  for (const auto& [name, norm] : norms)
    EXPECT_EQ(
        settings_of(raw_llm_defaults(), {{"encoder.feature_norm", name}}).encoders[0].feature_norm,
        norm);
}

TEST(StrategySettings, RefuseMixesThatDoNotGoWithTheRest) {
  const auto message = [](const Fields& defaults, Fields asked) {
    return message_of([&] { settings_of(defaults, asked); });
  };
  const Fields raw = raw_llm_defaults();
  const auto mixed = [](const char* mix, Fields more) {
    more["encoder.layer_mix"] = string(mix);
    return more;
  };
  EXPECT_THAT(message(raw, mixed("learned", {{"encoder.layers", Layers{-1}}})),
              HasSubstr("at least two hidden states, not 1"));
  EXPECT_THAT(message(raw, mixed("mean", {{"encoder.layer", std::int64_t{-1}}})),
              HasSubstr("encoder.layer is not read where encoder.layer_mix is 'mean'"));
  EXPECT_THAT(message(raw, {{"encoder.layers", Layers{-1, -2}}}),
              HasSubstr("encoder.layers is not read where encoder.layer_mix is 'single'"));
  EXPECT_THAT(message(raw, mixed("mean", {{"encoder.layer_freeze_at", 0.5}})),
              HasSubstr("no weights to freeze"));
  for (const double fraction : {-0.1, 1.1, std::nan("")})
    EXPECT_THAT(message(raw, mixed("learned", {{"encoder.layer_freeze_at", fraction}})),
                HasSubstr("between 0 and 1"));
  EXPECT_THAT(message(bidirectional_refiner_defaults(), mixed("per-block", {})),
              HasSubstr("refiner.depth 0"));
  EXPECT_THAT(message(multi_llm_fusion_defaults(), mixed("per-block", {})),
              HasSubstr("encoder.count must be 1"));
  EXPECT_THAT(message(raw, mixed("norm-avg", {})), HasSubstr("normalized-mean"));
  EXPECT_THAT(message(raw, mixed("per-block", {{"adapter.kind", string("resampler")}})),
              HasSubstr("no resampler"));
}

TEST(StrategySettings, OfThePaperAreTheDefaultsOfEveryControl) {
  const StrategySettings settings = settings_of(multi_llm_fusion_defaults());
  EXPECT_EQ(settings.adapter.kind, AdapterKind::linear);
  EXPECT_EQ(settings.refiner.conditioning, RefinerConditioning::time_and_text);
  EXPECT_FALSE(settings.refiner.rotary);
  EXPECT_EQ(settings.refiner.width, RefinerWidth::backbone);
  EXPECT_EQ(settings.refiner.feed_forward_ratio, 4);
  EXPECT_TRUE(settings.fusion.modulated);
  EXPECT_EQ(settings.fusion.join, FusionJoin::tokens);
  EXPECT_FALSE(settings.fusion.shared_adapters);
}

TEST(StrategySettings, ReadEveryControlOfTheRefiner) {
  const auto settings =
      settings_of(bidirectional_refiner_defaults(), {{"refiner.mask", string("reverse-causal")},
                                                     {"refiner.conditioning", string("constant")},
                                                     {"refiner.gate_init", string("1e-2")},
                                                     {"refiner.position", string("rope")},
                                                     {"refiner.width", string("encoder")},
                                                     {"refiner.feed_forward", 2.5}})
          .refiner;
  EXPECT_EQ(settings.mask, AttentionPattern::reverse_causal);
  EXPECT_EQ(settings.conditioning, RefinerConditioning::constant);
  EXPECT_EQ(settings.gate, GateInit::hundredth);
  EXPECT_TRUE(settings.rotary);
  EXPECT_EQ(settings.width, RefinerWidth::encoder);
  EXPECT_EQ(settings.feed_forward_ratio, 2.5);
}

TEST(StrategySettings, ReadEveryAdapterAndFusion) {
  const auto settings = settings_of(multi_llm_fusion_defaults(),
                                    {{"encoder.1.model", string("smollm2-135m-instruct")},
                                     {"refiner.depth", std::int64_t{0}},
                                     {"adapter.kind", string("timed-resampler")},
                                     {"adapter.queries", std::int64_t{9}},
                                     {"adapter.depth", std::int64_t{3}},
                                     {"fusion.conditioning", string("none")},
                                     {"fusion.join", string("channels")},
                                     {"fusion.adapters", string("shared")}});
  EXPECT_EQ(settings.adapter.kind, AdapterKind::timed_resampler);
  EXPECT_EQ(settings.adapter.queries, 9);
  EXPECT_EQ(settings.adapter.depth, 3);
  EXPECT_FALSE(settings.fusion.modulated);
  EXPECT_EQ(settings.fusion.join, FusionJoin::channels);
  EXPECT_TRUE(settings.fusion.shared_adapters);
}

TEST(StrategySettings, RefusePartsThatExcludeEachOther) {
  const auto message = [](const Fields& defaults, const Fields& asked) {
    return message_of([&] { settings_of(defaults, asked); });
  };
  EXPECT_THAT(message(bidirectional_refiner_defaults(), {{"adapter.kind", string("resampler")}}),
              HasSubstr("set refiner.depth to 0"));
  EXPECT_THAT(message(multi_llm_fusion_defaults(), {{"fusion.adapters", string("shared")}}),
              HasSubstr("all-minilm-l6-v2"));
  EXPECT_THAT(message(raw_llm_defaults(), {{"fusion.adapters", string("shared")}}),
              HasSubstr("encoder.count is 1"));
  EXPECT_THAT(message(raw_llm_defaults(), {{"fusion.join", string("channels")}}),
              HasSubstr("encoder.count is 1"));
  EXPECT_THAT(message(raw_llm_defaults(), {{"refiner.feed_forward", 0.0}}),
              HasSubstr("0 is not between 0.01 and 64"));
  EXPECT_THAT(message(raw_llm_defaults(), {{"refiner.feed_forward", std::nan("")}}),
              HasSubstr("nan is not between"));
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

TEST(StrategyKeys, AreExactlyWhatTheStrategiesSetBesidesTheLayers) {
  Fields fields = multi_llm_fusion_defaults();
  for (const KeyDescription& key : strategy_keys()) {
    EXPECT_FALSE(key.summary.empty()) << key.key;
    if (key.key == "encoder.layer" || key.key == "encoder.layers") continue;
    ASSERT_TRUE(fields.contains(key.key)) << key.key;
    EXPECT_EQ(kind_name(fields[key.key]), key.kind) << key.key;
    if (key.choices.empty()) continue;
    EXPECT_THAT(key.choices, testing::Contains(get<string>(fields, key.key)));
  }
}

}  // namespace
}  // namespace lidit
