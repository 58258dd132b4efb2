// Several hidden states made one: formulas against loops in double precision, then the encoder.
#include "encoders/layer_mix.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "encoders/feature_store.h"
#include "encoders/layers/init.h"
#include "results/errors.h"
#include "tests/encoders/llm/letter_encoder.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using testing_support::letter_parts;
using testing_support::prompts_of;

Tensor states() {
  const Tensor layers = at::empty({3, 4, 5});
  fill_normal(layers, 20, 3, "states");
  layers[1].mul_(100).add_(7);  // norms of blocks differ by orders of magnitude
  return layers;
}

double at_(const Tensor& x, std::int64_t k, std::int64_t s, std::int64_t d) {
  return x[k][s][d].item<double>();
}

/// LayerNorm without parameters of one token's state.
double normalized(const Tensor& layers, std::int64_t k, std::int64_t s, std::int64_t d) {
  const std::int64_t width = layers.size(2);
  double mean = 0, square = 0;
  for (std::int64_t i = 0; i < width; ++i) mean += at_(layers, k, s, i) / 5;
  for (std::int64_t i = 0; i < width; ++i) square += std::pow(at_(layers, k, s, i) - mean, 2) / 5;
  return (at_(layers, k, s, d) - mean) / std::sqrt(square + 1e-6);
}

TEST(LayerMix, IsWhatTheFormulaSays) {
  const Tensor layers = states();
  const Tensor mean = mix_layers(layers, LayerMix::mean),
               normalized_mean = mix_layers(layers, LayerMix::normalized_mean),
               concat = mix_layers(layers, LayerMix::concat),
               learned = mix_layers(layers, LayerMix::learned);
  ASSERT_EQ(mean.sizes(), at::IntArrayRef({1, 4, 5}));
  ASSERT_EQ(normalized_mean.sizes(), at::IntArrayRef({1, 4, 5}));
  ASSERT_EQ(concat.sizes(), at::IntArrayRef({1, 4, 15}));
  ASSERT_EQ(learned.sizes(), at::IntArrayRef({3, 4, 5}));
  for (std::int64_t s = 0; s < 4; ++s)
    for (std::int64_t d = 0; d < 5; ++d) {
      double sum = 0, normalized_sum = 0;
      for (std::int64_t k = 0; k < 3; ++k) {
        const double x = normalized(layers, k, s, d);
        sum += at_(layers, k, s, d);
        normalized_sum += x;
        EXPECT_NEAR(at_(concat, 0, s, k * 5 + d), x, 1e-4);
        EXPECT_NEAR(at_(learned, k, s, d), x, 1e-4);
      }
      EXPECT_NEAR(at_(mean, 0, s, d), sum / 3, 1e-3);
      EXPECT_NEAR(at_(normalized_mean, 0, s, d), normalized_sum / 3, 1e-4);
    }
  EXPECT_TRUE(
      at::equal(mix_layers(layers[0].unsqueeze(0), LayerMix::single), layers.narrow(0, 0, 1)));
}

TEST(LayerMix, KeepsTypeAndKnowsItsWidth) {
  const Tensor layers = states().to(at::kBFloat16);
  for (const auto& [name, mix] : kLayerMixes) {
    const Tensor mixed = mix_layers(layers, mix);
    EXPECT_EQ(mixed.scalar_type(), at::kBFloat16) << name;
    EXPECT_EQ(mixed.size(2), mixed_width(mix, 3, 5)) << name;
    EXPECT_EQ(mixed.size(0), mixed_count(mix, 3)) << name;
  }
}

PromptEncoderParts parts_of(std::vector<std::int64_t> layers, LayerMix mix) {
  PromptEncoderParts parts = letter_parts("tiny-llama", "look:");
  parts.layers = std::move(layers);
  parts.mix = mix;
  return parts;
}

TEST(PromptEncoder, MixesTheLayersOfPrefixAndPrompts) {
  const auto prompts = prompts_of({"a red circle", "b"});
  const std::vector<std::int64_t> layers = {1, 2, 3};
  const PromptEncoder raw(parts_of(layers, LayerMix::single));
  const EncoderFeatures apart = raw.encode(prompts).front();
  for (const auto& [name, mix] : kLayerMixes) {
    const PromptEncoder encoder(parts_of(layers, mix));
    const EncoderFeatures mixed = encoder.encode(prompts).front();
    EXPECT_TRUE(at::equal(mixed.layers, mix_layers(apart.layers, mix))) << name;
    EXPECT_TRUE(at::equal(mixed.prefix, mix_layers(apart.prefix, mix))) << name;
    EXPECT_EQ(encoder.widths().front(), mixed.layers.size(2)) << name;
    EXPECT_EQ(encoder.bytes_per_token(), mixed.layers.size(0) * mixed.layers.size(2) * 2 + 3 * 8)
        << name;
  }
}

TEST(FeatureStore, KeepsEverySetOfLayersAndEveryMixUnderItsOwnKey) {
  const TemporaryFolder folder;
  const auto prompts = prompts_of({"a red circle", "b"});
  const auto stored = [&](std::vector<std::int64_t> layers, const std::string& mix) {
    return FeatureStore({.folder = folder.path(),
                         .key = {{"layers", std::move(layers)}, {"layer_mix", mix}}})
        .folder();
  };
  const std::set<std::filesystem::path> folders = {
      stored({1, 2}, "learned"), stored({2, 1}, "learned"), stored({1, 2, 3}, "learned"),
      stored({1, 2}, "mean"), stored({1, 2}, "concat")};
  EXPECT_EQ(folders.size(), 5u);

  const auto encoder = std::make_shared<PromptEncoder>(parts_of({1, 2, 3}, LayerMix::per_block));
  const StoredSource source(encoder,
                            {.folder = folder.path(), .key = {{"layer_mix", "per-block"}}});
  const EncoderFeatures first = source.encode(prompts).front();
  EXPECT_EQ(first.layers.size(0), 3);
  EXPECT_TRUE(at::equal(source.encode(prompts).front().layers, first.layers));
}

TEST(ResolveLayers, RefusesAStateThatIsTheSameAsAnother) {
  const LanguageModelShape shape = letter_parts("tiny-llama", "").shape;
  EXPECT_EQ(resolve_layers(std::vector<std::int64_t>{-1, 0}, shape),
            (std::vector<std::int64_t>{shape.depth, 0}));
  EXPECT_THAT(
      [&] {
        resolve_layers(std::vector<std::int64_t>{-1, shape.depth}, shape);
      },
      testing::ThrowsMessage<UserError>(testing::HasSubstr("twice")));
}

}  // namespace
}  // namespace lidit
