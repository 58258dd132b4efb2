// The worked example of encoders/README.md.
#include "sentence_token.h"

#include <gmock/gmock.h>

#include "encoders/strategies/compose.h"
#include "results/files.h"

namespace lidit {
namespace {

const std::filesystem::path kTree = LIDIT_SOURCE_DIR, kGolden = LIDIT_GOLDEN_DIR;

// The line of the table that the README tells to write.
constexpr StrategyEntry kLine = {"sentence-token", "the whole prompt as one token",
                                 raw_llm_defaults, make_sentence_token};

TEST(SentenceToken, IsTheExampleOfTheReadme) {
  const std::string readme = read_file(kTree / "encoders/README.md", 1 << 20);
  EXPECT_THAT(readme, testing::HasSubstr(
                          "```cpp\n" +
                          read_file(kTree / "tests/encoders/strategies/sentence_token.h", 1 << 20) +
                          "```"));
  EXPECT_THAT(readme, testing::HasSubstr("{\"sentence-token\", \"the whole prompt as one token\", "
                                         "raw_llm_defaults, make_sentence_token},"));
}

TEST(SentenceToken, IsAStrategyThatRuns) {
  const std::string folder = (kGolden / "features").string();
  const Fields settings = complete_settings(
      kLine.defaults(), {{"encoder.model", "features:" + folder}}, look_up_in(kGolden));
  const Strategy strategy = kLine.make(settings, {.width = 6,
                                                  .depth = 2,
                                                  .heads = 2,
                                                  .seed = 1,
                                                  .device = at::kCPU,
                                                  .dtype = at::kFloat,
                                                  .home = {}});
  const std::vector<Prompt> prompts = {{"a red circle"}, {"a blue square on the left"}};
  const FrozenFeatures features = strategy.source->encode(prompts);
  const Tensor keep = at::tensor({1, 0}, at::kLong).to(at::kBool);
  const Conditioning c = strategy.conditioner->condition(features, {}, keep);
  const auto& trained = dynamic_cast<const SentenceToken&>(*strategy.conditioner);
  const std::int64_t length = features[0].offsets[1].item<std::int64_t>();
  const Tensor mean = rms_normalize(features[0].layers[0].slice(0, 0, length)).mean(0, true);
  EXPECT_EQ(c.tokens.sizes(), at::IntArrayRef({1, 2, 1, 6}));
  torch::nn::Linear map = trained.map;
  EXPECT_TRUE(at::allclose(c.tokens[0][0], map(mean), 1e-5, 1e-6));
  EXPECT_TRUE(at::equal(c.tokens[0][1], trained.null_token));
  EXPECT_TRUE(c.mask.all().item<bool>());
}

}  // namespace
}  // namespace lidit
