// The controls: adapters, refiners and fusions other than the paper's.
#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include "encoders/strategies/composed_conditioner.h"
#include "random_features.h"

namespace lidit {
namespace {

constexpr std::int64_t kWidth = 8, kEncoderWidth = 12;

BuildContext context(bool pooled_text = true) {
  return {.width = kWidth,
          .depth = 2,
          .heads = 2,
          .seed = 1,
          .device = at::kCPU,
          .dtype = at::kFloat,
          .home = {},
          .pooled_text = pooled_text};
}

StrategySettings settings_of(std::size_t encoders, std::int64_t depth = 0) {
  StrategySettings settings;
  settings.encoders.resize(encoders);
  settings.refiner.depth = depth;
  return settings;
}

std::shared_ptr<ComposedConditioner> built(const StrategySettings& settings, bool random = true,
                                           bool pooled_text = true) {
  auto conditioner = std::make_shared<ComposedConditioner>(
      settings, std::vector<std::int64_t>(settings.encoders.size(), kEncoderWidth),
      context(pooled_text));
  const torch::NoGradGuard no_grad;
  if (random)  // opens every gate, so that nothing is hidden behind a zero
    for (auto& item : conditioner->named_parameters())
      fill_normal(item.value(), 0.5, 77, item.key());
  return conditioner;
}

Tensor normal(at::IntArrayRef shape, const std::string& stream) {
  const Tensor x = at::empty(shape);
  fill_normal(x, 1, 9, stream);
  return x;
}

Tensor keep_all(std::int64_t batch) { return at::ones({batch}, at::kBool); }

struct Control {
  std::string name;
  StrategySettings settings;
};

/// One of each level that changes what is computed.
std::vector<Control> controls() {
  std::vector<Control> all;
  const auto add = [&](std::string name, StrategySettings settings) {
    all.push_back({std::move(name), std::move(settings)});
  };
  for (const auto kind : {AdapterKind::linear, AdapterKind::mlp, AdapterKind::resampler,
                          AdapterKind::timed_resampler}) {
    StrategySettings settings = settings_of(1);
    settings.adapter = {.kind = kind, .queries = 3, .depth = 2};
    add("adapter " + std::to_string(int(kind)), settings);
  }
  for (const auto mask : {AttentionPattern::full, AttentionPattern::causal,
                          AttentionPattern::reverse_causal, AttentionPattern::diagonal})
    for (const auto width : {RefinerWidth::backbone, RefinerWidth::encoder}) {
      StrategySettings settings = settings_of(1);
      settings.refiner = {.depth = 2, .mask = mask, .rotary = true, .width = width};
      add("mask " + std::to_string(int(mask)) + ", width " + std::to_string(int(width)), settings);
    }
  using enum RefinerConditioning;
  for (const auto conditioning : {none, constant, time, text, modulation})
    for (const auto width : {RefinerWidth::backbone, RefinerWidth::encoder}) {
      StrategySettings settings = settings_of(1);
      settings.refiner = {.depth = 1, .conditioning = conditioning, .width = width};
      add("conditioning " + std::to_string(int(conditioning)), settings);
    }
  for (const bool modulated : {true, false})
    for (const auto join : {FusionJoin::tokens, FusionJoin::channels})
      for (const bool shared : {true, false}) {
        StrategySettings settings = settings_of(2, 1);
        settings.fusion = {
            .blocks = 2, .modulated = modulated, .join = join, .shared_adapters = shared};
        add("fusion " + std::to_string(modulated) + std::to_string(int(join)) +
                std::to_string(shared),
            settings);
      }
  return all;
}

FrozenFeatures features_for(const StrategySettings& settings,
                            const std::vector<std::int64_t>& lengths) {
  FrozenFeatures features;
  for (std::size_t i = 0; i < settings.encoders.size(); ++i)
    features.push_back(RandomFeatures{.stream = "encoder " + std::to_string(i),
                                      .prefix = 2,
                                      .lengths = lengths,
                                      .caption_begin = std::vector<std::int64_t>(lengths.size(), 0)}
                           .make());
  return features;
}

TEST(Controls, DoNotLetLongerPromptsInTheBatchChangeARow) {
  for (const auto& [name, settings] : controls()) {
    SCOPED_TRACE(name);
    const auto conditioner = built(settings);
    const FrozenFeatures pool = features_for(settings, {3, 9, 30});
    const Tensor time = normal({1, kWidth}, "time");
    const Conditioning alone =
        conditioner->condition(select_prompts(pool, at::tensor({0}, at::kLong)), time, keep_all(1));
    const Conditioning among = conditioner->condition(pool, time.repeat({3, 1}), keep_all(3));
    const std::int64_t tokens = alone.mask.sum().item<std::int64_t>();
    ASSERT_EQ(among.mask[0].sum().item<std::int64_t>(), tokens);
    const Tensor difference = alone.tokens[0][0] - among.tokens[0][0].narrow(0, 0, tokens);
    EXPECT_LT((difference / alone.tokens.abs().max()).abs().max().item<double>(), 2e-6);
  }
}

TEST(Controls, SendGradientsToEveryParameterOnceGatesAreOpen) {
  for (const auto& [name, settings] : controls()) {
    SCOPED_TRACE(name);
    const auto conditioner = built(settings);
    const Tensor keep = at::tensor({1, 0, 1}, at::kLong).to(at::kBool);
    const Conditioning c = conditioner->condition(features_for(settings, {5, 3, 4}),
                                                  normal({3, kWidth}, "time"), keep);
    ((c.tokens * normal(c.tokens.sizes(), "w")).sum() +
     (c.pooled * normal(c.pooled.sizes(), "v")).sum())
        .backward();
    for (const auto& item : conditioner->named_parameters()) {
      ASSERT_TRUE(item.value().grad().defined()) << item.key();
      EXPECT_GT(item.value().grad().abs().max().item<double>(), 1e-7) << item.key();
    }
  }
}

TEST(Controls, ReadTheTimeWhereTheySayThatTheyDependOnIt) {
  for (const auto& [name, settings] : controls()) {
    SCOPED_TRACE(name);
    const auto conditioner = built(settings);
    const FrozenFeatures features = features_for(settings, {5, 3});
    const auto tokens_at = [&](const char* time) {
      return conditioner->condition(features, normal({2, kWidth}, time), keep_all(2)).tokens;
    };
    const bool differs = !at::equal(tokens_at("early"), tokens_at("late"));
    EXPECT_EQ(conditioner->depends_on_time(), differs);
    if (!differs) {
      EXPECT_NO_THROW(conditioner->condition(features, {}, keep_all(2)));
    }
  }
}

TEST(Controls, TrainNothingForPooledTextThatNobodyReads) {
  for (const bool gates_read_it : {true, false}) {
    StrategySettings settings = settings_of(1, 1);
    settings.refiner.conditioning =
        gates_read_it ? RefinerConditioning::text : RefinerConditioning::time;
    const auto conditioner = built(settings, true, /*pooled_text=*/false);
    std::int64_t for_pooling = 0;
    for (const auto& item : conditioner->named_parameters())
      for_pooling += item.key().find("pooled") != std::string::npos;
    EXPECT_EQ(for_pooling, gates_read_it ? 4 : 0);
    const Tensor pooled =
        conditioner
            ->condition(features_for(settings, {5, 3}), normal({2, kWidth}, "time"), keep_all(2))
            .pooled;
    EXPECT_TRUE(at::equal(pooled, at::zeros({2, kWidth})));
  }
}

TEST(Resampled, CaptionsAreTheQueriesOfTheirEncoderAndOfNoOneToken) {
  StrategySettings settings = settings_of(2);
  settings.adapter = {.kind = AdapterKind::resampler, .queries = 3, .depth = 1};
  const auto conditioner = built(settings);
  FrozenFeatures features = features_for(settings, {5, 0});
  for (EncoderFeatures& encoder : features) encoder.prefix = encoder.prefix.narrow(1, 0, 0);
  const Conditioning c = conditioner->condition(features, {}, keep_all(2));
  EXPECT_EQ(c.tokens.sizes(), at::IntArrayRef({1, 2, 6, kWidth}));
  EXPECT_TRUE(c.mask[0].all().item<bool>());
  EXPECT_TRUE(at::equal(c.source[0].select(1, 0), at::tensor({0, 0, 0, 1, 1, 1}, at::kLong)));
  EXPECT_TRUE(at::equal(c.source[0].select(1, 1), at::full({6}, -1, at::kLong)));
  EXPECT_EQ(c.mask[1].sum().item<std::int64_t>(), 1) << "a caption without tokens is the null";
  EXPECT_TRUE(at::equal(c.tokens[0][1][0], conditioner->null_tokens[0]));
}

TEST(Resampled, CaptionsStillReadThePrefixUnlessItIsCroppedBefore) {
  StrategySettings settings = settings_of(1);
  settings.adapter = {.kind = AdapterKind::resampler, .queries = 3, .depth = 1};
  const auto with_crop = [&](PrefixCrop crop, bool other_prefix) {
    settings.crop = crop;
    FrozenFeatures features = features_for(settings, {5, 3});
    if (other_prefix) features[0].prefix = features[0].prefix.neg();
    return built(settings)->condition(features, {}, keep_all(2)).tokens;
  };
  using enum PrefixCrop;
  EXPECT_TRUE(at::equal(with_crop(before_refiner, false), with_crop(before_refiner, true)));
  EXPECT_FALSE(at::equal(with_crop(after_fusion, false), with_crop(after_fusion, true)));
  EXPECT_TRUE(at::equal(with_crop(after_refiner, false), with_crop(after_fusion, false)));
}

TEST(Adapter, WithTwoLayersHasAGeluBetweenThem) {
  StrategySettings settings = settings_of(1);
  settings.adapter.kind = AdapterKind::mlp;
  const auto conditioner = built(settings);
  const FrozenFeatures features = features_for(settings, {5, 3});
  auto& branch = *conditioner->encoders->ptr(0)->as<TextBranch>();
  const Tensor states = branch.normalize(features[0]).tokens;
  const Tensor expected = branch.projection_out(at::gelu(branch.projection(states), "tanh"));
  const Conditioning c = conditioner->condition(features, {}, keep_all(2));
  EXPECT_TRUE(at::equal(c.tokens[0][0], expected.narrow(0, 0, 5)));
}

TEST(Adapter, StartsItsFirstMapAsTheLinearOneWhateverFollows) {
  const auto plain = built(settings_of(1), /*random=*/false)->named_parameters();
  for (const auto& [name, settings] : controls()) {
    const auto parameters = built(settings, /*random=*/false)->named_parameters();
    for (const char* key : {"encoders.0.projection.weight", "null_tokens"})
      EXPECT_TRUE(at::equal(parameters[key], plain[key])) << name;
  }
}

// Weights are a function of the seed and of these names: a name that changes, or one more before
// the gates, changes the numbers of every record.
TEST(Adapter, OfThePapersStrategyHasTheNamesItAlwaysHad) {
  StrategySettings settings = settings_of(1, 1);
  std::string names;
  for (const auto& item : built(settings)->named_parameters()) names += item.key() + "\n";
  EXPECT_EQ(names, R"(null_tokens
null_pooled
encoders.0.projection.weight
encoders.0.projection.bias
encoders.0.pooled_projection.fc1.weight
encoders.0.pooled_projection.fc1.bias
encoders.0.pooled_projection.fc2.weight
encoders.0.pooled_projection.fc2.bias
encoders.0.refiner.blocks.0.modulation.linear.weight
encoders.0.refiner.blocks.0.modulation.linear.bias
encoders.0.refiner.blocks.0.attention_norm.weight
encoders.0.refiner.blocks.0.attention_norm.bias
encoders.0.refiner.blocks.0.attention.q_proj.weight
encoders.0.refiner.blocks.0.attention.q_proj.bias
encoders.0.refiner.blocks.0.attention.k_proj.weight
encoders.0.refiner.blocks.0.attention.k_proj.bias
encoders.0.refiner.blocks.0.attention.v_proj.weight
encoders.0.refiner.blocks.0.attention.v_proj.bias
encoders.0.refiner.blocks.0.attention.o_proj.weight
encoders.0.refiner.blocks.0.attention.o_proj.bias
encoders.0.refiner.blocks.0.attention.q_norm.weight
encoders.0.refiner.blocks.0.attention.k_norm.weight
encoders.0.refiner.blocks.0.feed_forward_norm.weight
encoders.0.refiner.blocks.0.feed_forward_norm.bias
encoders.0.refiner.blocks.0.feed_forward.fc1.weight
encoders.0.refiner.blocks.0.feed_forward.fc1.bias
encoders.0.refiner.blocks.0.feed_forward.fc2.weight
encoders.0.refiner.blocks.0.feed_forward.fc2.bias
)");
}

TEST(Fusion, WithSharedAdaptersTreatsEveryEncoderAlike) {
  StrategySettings shared = settings_of(2, 1), separate = shared;
  shared.fusion.shared_adapters = true;
  const auto one = built(shared), two = built(separate);
  EXPECT_EQ(one->encoders->size(), 1u);
  {
    const torch::NoGradGuard no_grad;
    for (auto& item : two->named_parameters()) {
      std::string name = item.key();
      if (name.starts_with("encoders.1.")) name[9] = '0';
      item.value().copy_(one->named_parameters()[name]);
    }
  }
  const FrozenFeatures features = features_for(shared, {5, 3});
  const Tensor time = normal({2, kWidth}, "time");
  const Conditioning a = one->condition(features, time, keep_all(2));
  const Conditioning b = two->condition(features, time, keep_all(2));
  EXPECT_TRUE(at::equal(a.tokens, b.tokens));
  EXPECT_TRUE(at::equal(a.pooled, b.pooled));
  EXPECT_TRUE(at::equal(a.source, b.source));
}

TEST(Fusion, OfChannelsPutsTheOthersMeanBesideEachTokenOfTheFirst) {
  StrategySettings settings = settings_of(2);
  settings.fusion.join = FusionJoin::channels;
  const auto conditioner = built(settings);
  const FrozenFeatures features = features_for(settings, {5, 3});
  const Conditioning c = conditioner->condition(features, {}, keep_all(2));
  const auto rows_of = [&](std::size_t encoder) {
    auto& branch = *conditioner->encoders->ptr(encoder)->as<TextBranch>();
    return branch.projection(branch.normalize(features[encoder]).tokens);
  };
  const Tensor mean = rows_of(1).narrow(0, 5, 3).mean(0, true).expand({3, -1});
  const Tensor expected =
      conditioner->channel_join->map(at::cat({rows_of(0).narrow(0, 5, 3), mean}, 1));
  EXPECT_EQ(c.tokens.size(2), 5) << "as many as the first encoder has";
  EXPECT_TRUE(at::allclose(c.tokens[0][1].narrow(0, 0, 3), expected, 1e-5, 1e-6));
  EXPECT_TRUE(at::equal(c.source[1].select(1, 0), at::tensor({0, 0, 0, -1, -1}, at::kLong)));
}

TEST(Fusion, RefusesToShareAdaptersBetweenWidths) {
  StrategySettings settings = settings_of(2);
  settings.fusion.shared_adapters = true;
  EXPECT_THROW(ComposedConditioner(settings, {12, 10}, context()), c10::Error);
}

}  // namespace
}  // namespace lidit
