#include "harness/backbone/lidit.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "encoders/layers/init.h"
#include "harness/backbone/patches.h"
#include "harness/training/draws.h"
#include "results/errors.h"
#include "tests/harness/backbone/reference_lidit.h"
#include "tests/harness/randomize.h"

namespace lidit {
namespace {

constexpr std::int64_t kBatch = 2, kTokens = 5, kWidth = 16;

constexpr TextInjection kInjections[] = {TextInjection::cross_attention, TextInjection::in_context,
                                         TextInjection::dual_stream};

LiDiTOptions small_options(TextInjection injection = TextInjection::cross_attention) {
  return {.image_size = 8,
          .channels = 3,
          .patch = 2,
          .width = kWidth,
          .depth = 2,
          .heads = 2,
          .position_sd = 0.5,
          .injection = injection,
          .seed = 3};
}

Tensor normal(at::IntArrayRef shape, std::string_view stream) {
  return normal_tensor(Philox(11, stream), shape);
}

Conditioning random_conditioning(std::int64_t depth) {
  Tensor mask = at::ones({kBatch, kTokens}, at::kBool);
  mask[0].slice(0, 3).fill_(false);  // the first example has three real tokens
  return {.tokens = normal({depth, kBatch, kTokens, kWidth}, "tokens"),
          .mask = mask,
          .pooled = normal({kBatch, kWidth}, "pooled"),
          .source = at::zeros({kBatch, kTokens, 2}, at::kLong)};
}

Tensor run(LiDiT& model, const Tensor& x, const Conditioning& conditioning) {
  return model->forward(x, model->time_embedding(at::tensor({0.25, 0.75})), conditioning);
}

std::vector<reference::Matrix> real_text(const Conditioning& conditioning, std::int64_t example) {
  std::vector<reference::Matrix> blocks;
  for (std::int64_t g = 0; g < conditioning.tokens.size(0); ++g) {
    blocks.emplace_back();
    for (std::int64_t s = 0; s < kTokens; ++s) {
      if (!conditioning.mask[example][s].item<bool>()) continue;
      blocks.back().emplace_back();
      for (std::int64_t i = 0; i < kWidth; ++i)
        blocks.back().back().push_back(conditioning.tokens[g][example][s][i].item<double>());
    }
  }
  return blocks;
}

void expect_equals_the_reference(const LiDiTOptions& options, std::int64_t texts) {
  LiDiT model(options);
  randomize(*model, 0.2);
  const Tensor x = normal({kBatch, 3, 8, 8}, "x");
  const Conditioning conditioning = random_conditioning(texts);
  const Tensor out = run(model, x, conditioning);
  const reference::ReferenceLiDiT plain(model);
  for (std::int64_t b = 0; b < kBatch; ++b) {
    const std::vector<double> expected = plain.forward(
        x[b], b == 0 ? 0.25 : 0.75, conditioning.pooled[b], real_text(conditioning, b));
    const Tensor got = out[b].detach().flatten();
    ASSERT_EQ(got.numel(), static_cast<std::int64_t>(expected.size()));
    for (std::size_t i = 0; i < expected.size(); ++i)
      // The module's sinusoids are fp32: angles up to 1000 carry phase errors up to 6e-5.
      ASSERT_NEAR(got[static_cast<std::int64_t>(i)].item<double>(), expected[i], 2e-4)
          << "example " << b << ", value " << i;
  }
}

TEST(LiDiT, EqualsThePlainDoublePrecisionReference) {
  expect_equals_the_reference(small_options(), 2);
}

TEST(LiDiT, EqualsTheReferenceWithTextInContext) {
  expect_equals_the_reference(small_options(TextInjection::in_context), 2);
}

TEST(LiDiT, EqualsTheReferenceWithTwoStreams) {
  LiDiTOptions options = small_options(TextInjection::dual_stream);
  options.depth = 3;
  expect_equals_the_reference(options, 1);
}

TEST(LiDiT, WithoutPooledTextInTheModulationReadsTheTokensAlone) {
  LiDiTOptions options = small_options();
  options.pooled_text = false;
  expect_equals_the_reference(options, 2);
  LiDiT model(options);
  randomize(*model, 0.2);
  const Tensor x = normal({kBatch, 3, 8, 8}, "x");
  Conditioning conditioning = random_conditioning(1);
  const Tensor before = run(model, x, conditioning);
  conditioning.pooled = conditioning.pooled + 1;
  EXPECT_TRUE(at::equal(run(model, x, conditioning), before));
  conditioning.tokens = conditioning.tokens * 2;
  EXPECT_FALSE(at::equal(run(model, x, conditioning), before));
}

void expect_gradients_match_finite_differences(const LiDiTOptions& options) {
  LiDiT model(options);
  randomize(*model, 0.2);
  model->to(at::kDouble);
  const Tensor x = normal({kBatch, 3, 8, 8}, "x").to(at::kDouble);
  Conditioning conditioning = random_conditioning(1);
  conditioning.tokens = conditioning.tokens.to(at::kDouble);
  conditioning.pooled = conditioning.pooled.to(at::kDouble);
  const Tensor weights = normal(x.sizes(), "weights").to(at::kDouble);
  const auto value = [&] { return (run(model, x, conditioning) * weights).sum(); };
  value().backward();
  for (const auto& item : model->named_parameters()) {
    Tensor parameter = item.value();
    ASSERT_TRUE(parameter.grad().defined()) << item.key();
    const torch::NoGradGuard no_grad;
    const Tensor direction = normal(parameter.sizes(), "direction").to(at::kDouble);
    const double step = 1e-5;
    parameter.add_(direction, step);
    const double above = value().item<double>();
    parameter.sub_(direction, 2 * step);
    const double below = value().item<double>();
    parameter.add_(direction, step);
    const double expected = (above - below) / (2 * step);
    const double got = (parameter.grad() * direction).sum().item<double>();
    EXPECT_GT(std::abs(expected), 1e-4) << item.key() << " has no influence";
    EXPECT_NEAR(got, expected, 1e-5 * std::max(1.0, std::abs(expected))) << item.key();
  }
}

TEST(LiDiT, GradientsOfEveryParameterMatchFiniteDifferences) {
  for (const TextInjection injection : kInjections) {
    SCOPED_TRACE(static_cast<int>(injection));
    expect_gradients_match_finite_differences(small_options(injection));
  }
}

TEST(LiDiT, BlocksWithZeroGatesAreTheIdentity) {
  const Conditioning conditioning = random_conditioning(1);
  const Tensor x = normal({kBatch, 16, kWidth}, "x"), y = normal({kBatch, kWidth}, "y");
  const Tensor bias = attention_bias(conditioning.mask, AttentionPattern::full, at::kFloat);
  const Packing packing(conditioning.mask);
  for (const TextInjection injection : kInjections) {
    const auto block = make_block(injection, {.width = kWidth, .heads = 2});
    initialize(*block, 1, "block");
    TextStream text{packing.pack(conditioning.tokens[0]), &packing, bias};
    const Tensor before = text.tokens;
    EXPECT_TRUE(at::equal(block->forward(x, y, text), x));
    EXPECT_TRUE(at::equal(text.tokens, before));
  }
}

TEST(LiDiT, ThePositionBlockStartsAsTheIdentity) {
  LiDiTOptions options = small_options();
  LiDiT model(options);
  for (const auto& item : model->named_parameters())
    if (item.key() == "position_block.conv2.weight" || item.key() == "position_block.conv2.bias") {
      EXPECT_EQ(item.value().count_nonzero().item<std::int64_t>(), 0) << item.key();
    }
  PositionBlock block(kWidth);
  initialize(*block, 1, "block");
  const Tensor x = normal({kBatch, 16, kWidth}, "x");
  EXPECT_FALSE(at::equal(block(x, 4, 4), x));
  const torch::NoGradGuard no_grad;
  block->conv2->weight.zero_();
  EXPECT_TRUE(at::equal(block(x, 4, 4), x));
}

TEST(LiDiT, AnUntrainedBackboneSaysZero) {
  LiDiT model(small_options());
  const Tensor out = run(model, normal({kBatch, 3, 8, 8}, "x"), random_conditioning(1));
  EXPECT_EQ(out.count_nonzero().item<std::int64_t>(), 0);
}

TEST(LiDiT, MaskedTextHasNoInfluenceAtAll) {
  for (const TextInjection injection : kInjections) {
    SCOPED_TRACE(static_cast<int>(injection));
    LiDiT model(small_options(injection));
    randomize(*model, 0.2);
    const Tensor x = normal({kBatch, 3, 8, 8}, "x");
    Conditioning conditioning = random_conditioning(1), changed = conditioning;
    changed.tokens = conditioning.tokens.clone();
    changed.tokens[0][0].slice(0, 3).fill_(1000);
    EXPECT_TRUE(at::equal(run(model, x, conditioning), run(model, x, changed)));
    const torch::NoGradGuard no_grad;  // another attention kernel
    EXPECT_TRUE(at::equal(run(model, x, conditioning), run(model, x, changed)));
    changed.tokens[0][0][2] += 1;  // a real one
    EXPECT_FALSE(at::equal(run(model, x, conditioning), run(model, x, changed)));
  }
}

TEST(LiDiT, ReadsNoMoreOfAShortPromptInABatchOfLongOnes) {
  for (const TextInjection injection : kInjections) {
    SCOPED_TRACE(static_cast<int>(injection));
    LiDiT model(small_options(injection));
    randomize(*model, 0.2);
    const Tensor x = normal({kBatch, 3, 8, 8}, "x");
    const Conditioning both = random_conditioning(1);
    const Conditioning alone{.tokens = both.tokens.slice(1, 0, 1).slice(2, 0, 3),
                             .mask = both.mask.slice(0, 0, 1).slice(1, 0, 3),
                             .pooled = both.pooled.slice(0, 0, 1),
                             .source = both.source.slice(0, 0, 1).slice(1, 0, 3)};
    const Tensor expected =
        model->forward(x.slice(0, 0, 1), model->time_embedding(at::tensor({0.25})), alone);
    EXPECT_TRUE(at::allclose(run(model, x, both)[0], expected[0], 1e-4, 1e-5));
  }
}

TEST(LiDiT, WithTwoStreamsTakesOneTextForAllBlocks) {
  LiDiT model(small_options(TextInjection::dual_stream));
  EXPECT_THROW(run(model, normal({kBatch, 3, 8, 8}, "x"), random_conditioning(2)), c10::Error);
}

TEST(LiDiT, StartsWhatInjectionsShareEqual) {
  const LiDiT paper(small_options()), in_context(small_options(TextInjection::in_context));
  const auto weights = paper->named_parameters();
  std::int64_t shared = 0;
  for (const auto& item : in_context->named_parameters()) {
    if (item.key().find("modulation") != std::string::npos) continue;
    EXPECT_TRUE(at::equal(item.value(), weights[item.key()])) << item.key();
    ++shared;
  }
  EXPECT_GT(shared, 20);
}

TEST(LiDiT, OneSetOfTextStatesServesAllBlocks) {
  LiDiT model(small_options());
  randomize(*model, 0.2);
  const Tensor x = normal({kBatch, 3, 8, 8}, "x");
  const Conditioning one = random_conditioning(1);
  Conditioning repeated = one;
  repeated.tokens = one.tokens.expand({2, -1, -1, -1});
  EXPECT_TRUE(at::equal(run(model, x, one), run(model, x, repeated)));
}

TEST(LiDiT, InitialWeightsDependOnSeedAndNameAlone) {
  const LiDiT first(small_options());
  at::rand({1000});  // whatever else was drawn or built
  torch::nn::Linear other(7, 7);
  LiDiTOptions deeper = small_options();
  deeper.depth = 3;
  const LiDiT second(deeper);
  for (const auto& item : first->named_parameters())
    EXPECT_TRUE(at::equal(item.value(), second->named_parameters()[item.key()])) << item.key();
  LiDiTOptions reseeded = small_options();
  reseeded.seed = 4;
  EXPECT_FALSE(at::equal(first->hidden_matrices()[0], LiDiT(reseeded)->hidden_matrices()[0]));
}

TEST(LiDiT, TakesAnyResolutionWithoutAPositionTableOnly) {
  LiDiTOptions options = small_options();
  const Tensor larger = normal({kBatch, 3, 12, 16}, "x");
  LiDiT table(options);
  EXPECT_THROW(run(table, larger, random_conditioning(1)), c10::Error);
  options.position_sd.reset();
  LiDiT free(options);
  EXPECT_EQ(run(free, larger, random_conditioning(1)).sizes(), larger.sizes());
}

TEST(LiDiT, HiddenMatricesAreAttentionAndFeedForwardWeights) {
  const auto count = [](TextInjection injection) {
    const LiDiT model(small_options(injection));
    for (const Tensor& matrix : model->hidden_matrices()) EXPECT_EQ(matrix.dim(), 2);
    return model->hidden_matrices().size();
  };
  EXPECT_EQ(count(TextInjection::cross_attention), 2u * 10);
  EXPECT_EQ(count(TextInjection::in_context), 2u * 6);
  EXPECT_EQ(count(TextInjection::dual_stream), 12u + 8) << "the last text has keys and values";
}

TEST(LiDiT, RefusesSizesThatDoNotFit) {
  LiDiTOptions options = small_options();
  options.patch = 3;
  EXPECT_THROW(LiDiT{options}, SpecError);
  options = small_options();
  options.heads = 3;
  EXPECT_THROW(LiDiT{options}, SpecError);
  options = small_options();
  options.position_sd = std::nan("");
  EXPECT_THROW(LiDiT{options}, SpecError);
}

TEST(Patches, ComeBackAsTheImageAndLieRowByRow) {
  const Tensor image = at::arange(2 * 3 * 4 * 6).view({2, 3, 4, 6});
  const Tensor patches = patchify(image, 2);
  EXPECT_EQ(patches.sizes(), (std::vector<std::int64_t>{2, 6, 12}));
  // Patch 4 is row 1, column 1: its first pixel is (2,2), channel by channel.
  EXPECT_TRUE(at::equal(patches[1][4].slice(0, 0, 3), image[1].select(1, 2).select(1, 2)));
  EXPECT_TRUE(at::equal(unpatchify(patches, 2, 2, 3), image));
}

}  // namespace
}  // namespace lidit
