#include "encoders/feature_folder.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "encoders/weights/safetensors_writer.h"
#include "results/errors.h"
#include "results/files.h"
#include "tests/encoders/llm/letter_encoder.h"
#include "tests/support/file_error.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using testing_support::letter_parts;
using testing_support::prompts_of;

const std::filesystem::path kTree = LIDIT_SOURCE_DIR;
const std::filesystem::path kExample = kTree / "tests/golden/features";

PromptEncoder letter_encoder(std::vector<std::int64_t> layers) {
  PromptEncoderParts parts = letter_parts("tiny-llama", "describe:");
  parts.layers = std::move(layers);
  return PromptEncoder(std::move(parts));
}

TEST(FeatureFolder, GivesWhatTheEncoderWrote) {
  const TemporaryFolder folder;
  const PromptEncoder encoder = letter_encoder({1, 2});
  write_feature_file(folder.path() / "a.safetensors",
                     encoder.encode_to_file(prompts_of({"a red circle", "b"})));
  write_feature_file(folder.path() / "b.safetensors",
                     encoder.encode_to_file(prompts_of({"a blue square"})));
  folder.write("notes.txt", "no features");
  const auto asked = prompts_of({"a blue square", "a red circle", "a blue square"});
  const EncoderFeatures all = encoder.encode(asked).front();
  for (const std::int64_t layer : {0, 1, -1}) {
    const FeatureFolder features(folder.path(), {layer});
    const EncoderFeatures got = features.encode(asked).front();
    EXPECT_TRUE(at::equal(got.layers, all.layers.narrow(0, layer < 0 ? 1 : layer, 1)));
    EXPECT_TRUE(at::equal(got.prefix, all.prefix.narrow(0, layer < 0 ? 1 : layer, 1)));
    EXPECT_TRUE(at::equal(got.offsets, all.offsets));
    EXPECT_TRUE(at::equal(got.spans, all.spans));
    EXPECT_EQ(features.widths(), std::vector<std::int64_t>{all.layers.size(2)});
  }
}

TEST(FeatureFolder, MixesTheLayersThatItsFilesHold) {
  const TemporaryFolder folder;
  const auto prompts = prompts_of({"a red circle", "b"});
  const PromptEncoder encoder = letter_encoder({1, 2, 3});
  write_feature_file(folder.path() / "a.safetensors", encoder.encode_to_file(prompts));
  const Tensor all = encoder.encode(prompts).front().layers;
  const FeatureFolder features(folder.path(), {0, -1}, LayerMix::concat);
  const Tensor chosen = at::stack({all[0], all[2]});
  EXPECT_EQ(features.layers(), 3);
  EXPECT_EQ(features.widths(), std::vector<std::int64_t>{2 * all.size(2)});
  EXPECT_TRUE(
      at::equal(features.encode(prompts).front().layers, mix_layers(chosen, LayerMix::concat)));
}

TEST(FeatureFolder, NamesPromptsThatItLacks) {
  const TemporaryFolder folder;
  write_feature_file(folder.path() / "a.safetensors",
                     letter_encoder({2}).encode_to_file(prompts_of({"a red circle"})));
  const FeatureFolder features(folder.path(), {-1});
  EXPECT_THAT(
      [&] {
        features.encode(prompts_of({"a red circle", "b", "c", "d", "e"}));
      },
      ThrowsMessage<UserError>(HasSubstr("lacks 4 of 5 prompts: \"b\", \"c\", \"d\", ...")));
}

TEST(FeatureFolder, RefusesALayerThatItsFilesDoNotHold) {
  const TemporaryFolder folder;
  write_feature_file(folder.path() / "a.safetensors",
                     letter_encoder({1, 2}).encode_to_file(prompts_of({"a"})));
  for (const std::int64_t layer : {-3, 2})
    EXPECT_THAT([&] { FeatureFolder(folder.path(), {layer}); },
                ThrowsMessage<UserError>(HasSubstr("hold 2 layers, counted from 0")));
}

TEST(FeatureFolder, RefusesFilesOfSeveralKinds) {
  const TemporaryFolder folder;
  write_feature_file(folder.path() / "a.safetensors",
                     letter_encoder({2}).encode_to_file(prompts_of({"a"})));
  write_feature_file(folder.path() / "b.safetensors",
                     letter_encoder({1, 2}).encode_to_file(prompts_of({"b"})));
  EXPECT_THAT([&] { FeatureFolder(folder.path(), {-1}); },
              ThrowsMessage<FileError>(HasSubstr("differs from the files beside it")));
}

TEST(FeatureFolder, RefusesAFolderWithoutFeatures) {
  const TemporaryFolder folder;
  EXPECT_THAT([&] { FeatureFolder(folder.path(), {-1}); },
              ThrowsMessage<UserError>(HasSubstr("holds no .safetensors file")));
  EXPECT_THAT([&] { FeatureFolder(folder.path() / "none", {-1}); },
              ThrowsMessage<UserError>(HasSubstr("there is no folder")));
}

TEST(FeatureFolder, ReadsWhatTheExampleInPythonWrites) {
  const FeatureFolder features(kExample, {-1});
  const EncoderFeatures got =
      features.encode(prompts_of({"an old caf\xc3\xa9 at night, neon sign", "a red circle"}))
          .front();
  EXPECT_EQ(features.widths(), std::vector<std::int64_t>{8});
  EXPECT_EQ(got.prefix.size(1), 0);
  const auto spans = got.spans.accessor<std::int64_t, 2>();
  const std::int64_t begin = got.offsets[1].item<std::int64_t>();
  // [CLS] a red circle [SEP], in bytes of the prompt.
  ASSERT_EQ(got.offsets[2].item<std::int64_t>() - begin, 5);
  EXPECT_EQ(spans[begin + 2][0], 2);
  EXPECT_EQ(spans[begin + 2][1], 5);
  EXPECT_EQ(spans[begin + 3][1], 12);
  EXPECT_TRUE(at::isfinite(got.layers).all().item<bool>());
}

TEST(FeatureFolder, ExampleInTheReadmeIsTheOneThatWasRun) {
  EXPECT_THAT(
      read_file(kTree / "encoders/README.md", 1 << 20),
      HasSubstr("```python\n" + read_file(kExample / "write_features.py", 1 << 20) + "```"));
}

}  // namespace
}  // namespace lidit
