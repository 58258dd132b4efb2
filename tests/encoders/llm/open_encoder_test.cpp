// From names and folders to features, on the real checkpoints where they are there.
#include "encoders/open_encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "encoders/encoder_facts.h"
#include "encoders/file_hash_cache.h"
#include "encoders/model_files.h"
#include "encoders/model_lock.h"
#include "results/errors.h"
#include "results/hash.h"
#include "tests/encoders/llm/golden_states.h"
#include "tests/encoders/llm/letter_encoder.h"

namespace lidit {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;
using testing_support::golden;
using testing_support::prompts_of;

class TemporaryHome : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(home);
    std::filesystem::create_directories(home / "models");
  }
  void TearDown() override { std::filesystem::remove_all(home); }
  const std::filesystem::path home =
      std::filesystem::temp_directory_path() / ("lidit-home-" + std::to_string(getpid()));
};

TEST_F(TemporaryHome, AModelOfTheLockThatIsNotThereSaysHowToFetchIt) {
  EXPECT_THAT([&] { find_model("smollm2-135m-instruct", home); },
              ThrowsMessage<MachineError>(HasSubstr("./lidit models fetch smollm2-135m-instruct")));
}

TEST_F(TemporaryHome, AnUnknownModelNameAnswersWithTheChoices) {
  std::filesystem::create_directories(home / "models" / "my-own");
  EXPECT_THAT([&] { find_model("smollm2-135m-instrukt", home); },
              ThrowsMessage<UserError>(AllOf(HasSubstr("did you mean 'smollm2-135m-instruct'"),
                                             HasSubstr("my-own"), HasSubstr("all-minilm-l6-v2"))));
  EXPECT_THAT([&] { find_model("untrained:smollm2-135m-instrukt", home); },
              ThrowsMessage<UserError>(HasSubstr("did you mean 'smollm2-135m-instruct'")));
  EXPECT_THAT([&] { find_model("./no/such", home); },
              ThrowsMessage<UserError>(HasSubstr("no file or folder ./no/such")));
}

TEST_F(TemporaryHome, AFolderMustHoldExactlyOneModel) {
  const auto folder = home / "models" / "mine";
  std::filesystem::create_directories(folder);
  EXPECT_THAT([&] { find_model("mine", home); },
              ThrowsMessage<FileError>(HasSubstr("config.json")));
  std::ofstream(folder / "a.gguf") << "x";
  EXPECT_EQ(find_model("mine", home).tokenizer, folder / "a.gguf");
  EXPECT_EQ(find_model((folder / "a.gguf").string(), home).weights.front(), folder / "a.gguf");
  std::ofstream(folder / "b.gguf") << "x";
  EXPECT_THAT([&] { find_model("mine", home); },
              ThrowsMessage<FileError>(HasSubstr("more than one")));
}

TEST_F(TemporaryHome, RemembersTheHashOfAFileUntilTheFileChanges) {
  const auto file = home / "weights";
  std::ofstream(file) << "one";
  EXPECT_EQ(cached_sha256(file, home / "hashes"), sha256_hex("one"));
  EXPECT_EQ(cached_sha256(file, home / "hashes"), sha256_hex("one"));
  std::ofstream(file) << "other";
  EXPECT_EQ(cached_sha256(file, home / "hashes"), sha256_hex("other"));
  EXPECT_THROW(cached_sha256(home / "nothing", home / "hashes"), FileError);
}

TEST(ModelLock, OfThisBuildKnowsTheModelsOfTheQuickstart) {
  for (const char* name : {"smollm2-135m-instruct", "all-minilm-l6-v2"}) {
    const auto found = std::ranges::find(model_lock(), name, &LockedModel::name);
    ASSERT_NE(found, model_lock().end()) << name;
    EXPECT_FALSE(found->must_accept);
    EXPECT_FALSE(found->files.empty());
  }
}

TEST(ModelLock, RefusesLinesThatItDoesNotKnowWithTheirNumber) {
  const auto refused = [](std::string_view text, const std::string& part) {
    EXPECT_THAT([&] { parse_model_lock(text, "lock"); }, ThrowsMessage<FileError>(HasSubstr(part)));
  };
  refused("# fine\nmodle a MIT open A", "lock:2: a line starts with 'modle'");
  refused("file a f 0 1", "no model 'a' above");
  refused("model a MIT ask A", "'accept-licence'");
  refused("model a MIT open A\nmodel a MIT open A", "twice");
  refused("model a MIT open A\nfile a ../f " + std::string(64, '0') + " 1", "no file name");
  refused("model", "name is missing");
}

class RealEncoder : public testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("LIDIT_HOME");
    home =
        folder ? std::filesystem::path(folder) : std::filesystem::path(LIDIT_SOURCE_DIR) / ".lidit";
    for (const char* name : {"smollm2-135m-instruct", "all-minilm-l6-v2"})
      if (!std::filesystem::exists(home / "models" / name))
        GTEST_SKIP() << name << " is not here: ./lidit models fetch " << name;
  }
  std::filesystem::path home;
};

TEST_F(RealEncoder, PutsBosAndInstructionIntoThePrefixAndTheCaptionIntoRows) {
  const auto encoder = open_prompt_encoder({.model = "smollm2-135m-instruct",
                                            .layer = 1,
                                            .dtype = at::kFloat,
                                            .instruction = "Describe the image:"},
                                           home, at::kCPU);
  const FeatureFile file = encoder->encode_to_file(prompts_of({"a red circle"}));
  EXPECT_EQ(file.prefix_token_ids[0].item<std::int64_t>(), 1);  // <|im_start|> is SmolLM2's BOS
  EXPECT_EQ(file.features.prefix.size(1), file.prefix_token_ids.numel());
  EXPECT_EQ(file.features.caption_begin.item<std::int64_t>(), 0);
  EXPECT_EQ(file.features.spans[-1][1].item<std::int64_t>(), 12);
  EXPECT_EQ(file.features.layers.sizes(), (at::IntArrayRef{1, file.token_ids.numel(), 576}));
}

TEST_F(RealEncoder, KeepsTheSpecialTokensOfBertAroundTheCaption) {
  const auto encoder = open_prompt_encoder(
      {.model = "all-minilm-l6-v2", .layer = -1, .dtype = at::kFloat, .instruction = ""}, home,
      at::kCPU);
  const FeatureFile file = encoder->encode_to_file(prompts_of({"a red circle"}));
  EXPECT_TRUE(at::equal(file.token_ids, at::tensor({101, 1037, 2417, 4418, 102}, at::kLong)));
  EXPECT_EQ(file.features.caption_begin.item<std::int64_t>(), 1);
  EXPECT_TRUE(at::equal(file.features.spans,
                        at::tensor({0, 0, 0, 1, 2, 5, 6, 12, 12, 12}, at::kLong).view({5, 2})) ||
              at::equal(file.features.spans,
                        at::tensor({0, 0, 0, 1, 2, 5, 6, 12, 0, 0}, at::kLong).view({5, 2})))
      << file.features.spans;
  EXPECT_EQ(file.features.prefix.size(1), 0);
}

TEST_F(RealEncoder, DescribesAModelInWords) {
  const std::string text = describe_model(find_model("smollm2-135m-instruct", home));
  for (const char* part : {"family: llama", "blocks: 30", "width: 576", "parameters: 134515008",
                           "Q4_1", "context: 8192", "vocabulary: 49152", "BOS 1"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST_F(RealEncoder, DrawsTheWeightsOfAnUntrainedModelAtRandomAndAlwaysTheSame) {
  for (const std::string name : {"smollm2-135m-instruct", "all-minilm-l6-v2"}) {
    const auto states = [&](const std::string& model) {
      return open_prompt_encoder({.model = model, .layer = 2, .dtype = at::kFloat}, home, at::kCPU)
          ->encode_to_file(prompts_of({"a red circle"}));
    };
    const FeatureFile trained = states(name), untrained = states("untrained:" + name);
    EXPECT_TRUE(at::equal(trained.token_ids, untrained.token_ids));
    EXPECT_TRUE(at::isfinite(untrained.features.layers).all().item<bool>());
    EXPECT_FALSE(at::allclose(trained.features.layers, untrained.features.layers));
    EXPECT_TRUE(at::equal(untrained.features.layers, states("untrained:" + name).features.layers));
    EXPECT_NE(encoder_hashes(name, home), encoder_hashes("untrained:" + name, home));
  }
  EXPECT_THAT(describe_model(find_model("untrained:smollm2-135m-instruct", home)),
              HasSubstr("weights: drawn at random"));
}

TEST_F(RealEncoder, RefusesALayerThatTheModelDoesNotHave) {
  EXPECT_THROW(open_prompt_encoder({.model = "all-minilm-l6-v2", .layer = 7, .instruction = ""},
                                   home, at::kCPU),
               UserError);
}

}  // namespace
}  // namespace lidit
