// Prompts through tiny models: batches, prefixes, duplicates, limits; then the same from the store.
#include "encoders/llm/prompt_encoder.h"

#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/errors.h"
#include "tests/encoders/llm/letter_encoder.h"

namespace lidit {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;
using testing_support::counting_parts;
using testing_support::letter_parts;
using testing_support::prompts_of;

TEST(PromptEncoder, GivesEveryPromptTheStatesItHasAlone) {
  const PromptEncoder encoder(letter_parts("tiny-llama", "describe:"));
  const auto prompts = prompts_of({"a red circle", "b", "a blue square on the left"});
  const EncoderFeatures together = encoder.encode(prompts).front();
  ASSERT_EQ(together.offsets.numel(), 4);
  for (std::int64_t i = 0; i < 3; ++i) {
    const EncoderFeatures alone =
        encoder.encode({&prompts[static_cast<std::size_t>(i)], 1}).front();
    const auto rows = [&](const Tensor& t, std::int64_t dimension) {
      return t.slice(dimension, together.offsets[i].item<std::int64_t>(),
                     together.offsets[i + 1].item<std::int64_t>());
    };
    EXPECT_TRUE(at::equal(alone.layers, rows(together.layers, 1)));
    EXPECT_TRUE(at::equal(alone.spans, rows(together.spans, 0)));
    EXPECT_TRUE(at::equal(alone.prefix, together.prefix));
  }
  EXPECT_EQ(together.prefix.size(1), 9);
}

TEST(PromptEncoder, ThePrefixChangesTheStatesAndAddsNoRows) {
  const auto prompts = prompts_of({"a red circle"});
  const auto with = PromptEncoder(letter_parts("tiny-llama", "describe:")).encode(prompts).front();
  const auto without = PromptEncoder(letter_parts("tiny-llama", "")).encode(prompts).front();
  EXPECT_EQ(with.layers.sizes(), without.layers.sizes());
  EXPECT_FALSE(at::allclose(with.layers, without.layers, 1e-2, 1e-2));
  EXPECT_EQ(without.prefix.size(1), 0);
}

TEST(PromptEncoder, HidesTheStateOfAMaskedFirstTokenThatTheModelReads) {
  const auto prompts = prompts_of({"a red circle", "b"});
  const FeatureFile kept =
      PromptEncoder(letter_parts("tiny-llama", "look:")).encode_to_file(prompts);
  PromptEncoderParts parts = letter_parts("tiny-llama", "look:");
  parts.masked_prefix = 1;
  const FeatureFile masked = PromptEncoder(std::move(parts)).encode_to_file(prompts);
  EXPECT_TRUE(at::equal(masked.features.layers, kept.features.layers));
  EXPECT_TRUE(at::equal(masked.features.prefix, kept.features.prefix.slice(1, 1)));
  EXPECT_TRUE(at::equal(masked.prefix_token_ids, kept.prefix_token_ids.slice(0, 1)));
}

std::vector<Prompt> many_prompts() {  // 1,430 tokens: several passes
  std::vector<Prompt> prompts;
  for (int i = 0; i < 60; ++i)
    prompts.push_back({std::string(1 + i % 50, static_cast<char>('a' + i % 26))});
  return prompts;
}

FrozenFeatures encoded_on(const PromptEncoder& encoder, std::span<const Prompt> prompts,
                          int threads) {
  const int before = at::get_num_threads();
  at::set_num_threads(threads);
  FrozenFeatures features = encoder.encode(prompts);
  at::set_num_threads(before);
  return features;
}

TEST(PromptEncoder, PacksManyPromptsOverSeveralPassesInTheOrderGiven) {
  for (const char* model : {"tiny-llama", "tiny-bert"}) {
    const PromptEncoder encoder(letter_parts(model, ""));
    const std::vector<Prompt> prompts = many_prompts();
    const EncoderFeatures all = encoder.encode(prompts).front();
    for (std::size_t i = 0; i < prompts.size(); ++i) {
      const auto at = static_cast<std::int64_t>(i);
      const EncoderFeatures alone = encoder.encode({&prompts[i], 1}).front();
      EXPECT_TRUE(
          at::equal(alone.layers, all.layers.slice(1, all.offsets[at].item<std::int64_t>(),
                                                   all.offsets[at + 1].item<std::int64_t>())))
          << model << ", prompt " << i;
    }
  }
}

TEST(PromptEncoder, GivesTheSameBitsOnAnyNumberOfThreads) {
  const PromptEncoder encoder(letter_parts("tiny-llama", "look:"));
  const std::vector<Prompt> prompts = many_prompts();
  const Tensor expected = encoded_on(encoder, prompts, 1).front().layers;
  for (const int threads : {2, 3, 7})
    EXPECT_TRUE(at::equal(encoded_on(encoder, prompts, threads).front().layers, expected))
        << threads;
}

std::vector<Prompt> prompts_that_begin_alike() {  // 3,645 letters: several passes
  std::vector<Prompt> prompts;
  for (int i = 0; i < 135; ++i)
    prompts.push_back({"a photo of " + std::string(1 + i % 7, 'x') + std::string(i % 9, 'o') +
                       " on " + std::to_string(i)});
  return prompts;
}

TEST(PromptEncoder, GivesTheSameBitsWhetherOrNotItComputesSharedBeginningsOnce) {
  const std::vector<Prompt> prompts = prompts_that_begin_alike();
  for (const char* model : {"tiny-llama", "tiny-clip", "tiny-bert"}) {
    const std::string_view prefix = model == std::string_view("tiny-bert") ? "" : "look:";
    PromptEncoderParts apart = letter_parts(model, prefix);
    apart.share_beginnings = false;
    const Tensor expected = encoded_on(PromptEncoder(apart), prompts, 2).front().layers;
    const PromptEncoder sharing(letter_parts(model, prefix));
    for (const int threads : {1, 2, 3})
      EXPECT_TRUE(at::equal(encoded_on(sharing, prompts, threads).front().layers, expected))
          << model << " on " << threads;
  }
}

TEST(PromptEncoder, ComputesASharedBeginningOnceInAPassUnlessToldNotTo) {
  const std::vector<Prompt> prompts = prompts_that_begin_alike();
  std::int64_t letters = 0;
  for (const Prompt& prompt : prompts) letters += std::ssize(prompt.text);
  std::atomic<std::int64_t> together = 0, apart = 0;
  PromptEncoder(counting_parts(together)).encode(prompts);
  PromptEncoderParts parts = counting_parts(apart);
  parts.share_beginnings = false;
  PromptEncoder(std::move(parts)).encode(prompts);
  EXPECT_EQ(apart, letters);
  EXPECT_LT(together, letters / 2);
}

TEST(PromptEncoder, BringsAFailureOfOnePassToTheCaller) {
  const PromptEncoder encoder(letter_parts("tiny-llama", ""));
  std::vector<Prompt> prompts = many_prompts();
  prompts[40].text = "\x1f";  // token -1
  EXPECT_THROW(encoded_on(encoder, prompts, 2), c10::Error);
}

TEST(PromptEncoder, ComputesAPromptThatOccursTwiceOnce) {
  const PromptEncoder encoder(letter_parts("tiny-bert", ""));
  const EncoderFeatures features = encoder.encode(prompts_of({"ab", "cde", "ab"})).front();
  EXPECT_TRUE(at::equal(features.offsets, at::tensor({0, 2, 5, 7}, at::kLong)));
  EXPECT_TRUE(at::equal(features.layers.slice(1, 0, 2), features.layers.slice(1, 5, 7)));
  EXPECT_EQ(encoder.encode_to_file(prompts_of({"ab"})).token_ids[1].item<std::int64_t>(), 'b' - 32);
}

TEST(PromptEncoder, NamesAPromptThatIsLongerThanTheContext) {
  const PromptEncoder encoder(letter_parts("tiny-llama", "describe:"));
  const auto prompts = prompts_of({"ab", "this one is too long " + std::string(60, 'x')});
  EXPECT_THAT([&] { encoder.encode(prompts); },
              ThrowsMessage<UserError>(AllOf(HasSubstr("\"this one is too long x"),
                                             HasSubstr("90 tokens"), HasSubstr("64"))));
  EXPECT_THROW(encoder.token_counts(prompts), UserError);
}

TEST(PromptEncoder, LoadsTheWeightsOnlyWhenAPromptComes) {
  PromptEncoderParts parts = letter_parts("tiny-llama", "");
  int loads = 0;
  parts.load = [&loads, load = parts.load] { return ++loads, load(); };
  const PromptEncoder encoder(std::move(parts));
  encoder.token_counts(prompts_of({"ab"}));
  EXPECT_EQ(encoder.widths(), std::vector<std::int64_t>{32});
  EXPECT_EQ(loads, 0);
  encoder.encode(prompts_of({"ab"}));
  encoder.encode(prompts_of({"cd"}));
  EXPECT_EQ(loads, 1);
}

TEST(PromptEncoder, GivesNoPromptsNoRows) {
  const EncoderFeatures nothing = PromptEncoder(letter_parts("tiny-llama", "")).encode({}).front();
  EXPECT_EQ(nothing.layers.sizes(), (at::IntArrayRef{1, 0, 32}));
  EXPECT_TRUE(at::equal(nothing.offsets, at::zeros({1}, at::kLong)));
}

}  // namespace
}  // namespace lidit
