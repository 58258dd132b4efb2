// The commands that read prompts or show what there is, on tiny language models.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "tests/support/shell.h"
#include "tests/support/tiny_model.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kSpec = R"(
seeds = [0]
[set]
strategy = "raw-llm"
world.preset = "tiny"
world.captions = 32
backbone.size = "tiny"
train.steps = 2
train.batch = 4
train.warmup = 1
evaluation.prompts = 2
evaluation.splits = ["seen"]
evaluation.curve_every = 0
)";

class ModelsProgram : public ::testing::Test {
 protected:
  ShellResult lidit(const std::string& words) const {
    return run_lidit(words, "LIDIT_HOME=" + home.string());
  }
  /// `lidit encode` of three prompts with these words.
  ShellResult encode(const std::string& words) const {
    return lidit("encode --device cpu --prompts " + prompts.string() + " --out " + out.string() +
                 " " + words);
  }
  ShellResult run(const std::string& words) const {
    return lidit("run " + spec.string() + " --device cpu --set encoder.model=" + words);
  }
  /// The JSON header of the file that encode wrote (fewer than 2^16 bytes).
  std::string header() const {
    const std::string bytes = read_bytes(out);
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes.at(i)); };
    return bytes.substr(8, byte(0) + 256u * byte(1));
  }

  const TemporaryFolder folder;
  const fs::path home = folder.path() / "home", out = folder.path() / "features.safetensors";
  const fs::path llama = write_tiny_llama(folder), bert = write_tiny_bert(folder);
  const fs::path prompts = folder.write("prompts.txt", "a red circle\n\nab\n");
  const fs::path spec = folder.write("cell.toml", kSpec);
};

TEST_F(ModelsProgram, TokenizesIntoOneJsonArrayALine) {
  const std::string words = " --prompts " + prompts.string();
  EXPECT_EQ(lidit("tokenize --model " + llama.string() + words).out,
            "[66, 1, 83, 70, 69, 1, 68, 74, 83, 68, 77, 70]\n[]\n[66, 67]\n");
  EXPECT_EQ(lidit("tokenize --model " + bert.string() + words).out,
            "[2, 4, 21, 34, 33, 6, 38, 47, 32, 41, 34, 3]\n[2, 3]\n[2, 4, 31, 3]\n");
  EXPECT_EQ(lidit("tokenize --no-special --model " + bert.string() + words).out,
            "[4, 21, 34, 33, 6, 38, 47, 32, 41, 34]\n[]\n[4, 31]\n");
}

TEST_F(ModelsProgram, EncodesACausalModelsStatesBehindItsPrefix) {
  const ShellResult result = encode("--model " + llama.string());
  ASSERT_EQ(result.exit_code, 0) << result.talk;
  for (const char* tensor :
       {R"("features":{"dtype":"BF16","shape":[14,32],)",
        R"("offsets":{"dtype":"I64","shape":[4],)", R"("token_ids":{"dtype":"I64","shape":[14],)",
        R"("spans":{"dtype":"I64","shape":[14,2],)",
        R"("caption_begin":{"dtype":"I64","shape":[3],)",
        R"("prompt_sha256":{"dtype":"U8","shape":[3,32],)",
        R"("prefix":{"dtype":"BF16","shape":[1,32],)",
        R"("prefix_token_ids":{"dtype":"I64","shape":[1],)", R"("layer":"-3")",
        R"("template":"plain")"})
    EXPECT_THAT(header(), HasSubstr(tensor));
}

TEST_F(ModelsProgram, EncodesABidirectionalModelsStatesInTheTypeAskedFor) {
  const ShellResult result = encode("--model " + bert.string() + " --set encoder.dtype=f32");
  ASSERT_EQ(result.exit_code, 0) << result.talk;
  EXPECT_THAT(header(), HasSubstr(R"("features":{"dtype":"F32","shape":[18,32],)"));
  EXPECT_THAT(header(), HasSubstr(R"("prefix":{"dtype":"F32","shape":[0,32],)"));
  EXPECT_THAT(header(), HasSubstr(R"("layer":"-1")"));
}

TEST_F(ModelsProgram, EncodesSeveralHiddenStatesAsOne) {
  const ShellResult result = encode(
      "--model " + llama.string() +
      " --set encoder.layer_mix=concat --set 'encoder.layers=[0, 2]' --set encoder.bos=mask");
  ASSERT_EQ(result.exit_code, 0) << result.talk;
  for (const char* part : {R"("features":{"dtype":"BF16","shape":[14,64],)",
                           R"("prefix":{"dtype":"BF16","shape":[0,64],)", R"("bos":"mask")",
                           R"("layer_mix":"concat")", R"("layers":"[0, 2]")"})
    EXPECT_THAT(header(), HasSubstr(part));
}

TEST_F(ModelsProgram, RefusesToEncodeWithSettingsThatChangeNothingOfIt) {
  for (const std::string setting :
       {"encoder.feature_norm=none", "encoder.0.feature_norm=none", "encoder.layer_freeze_at=0.5",
        "encoder.crop=none", "refiner.depth=1", "fusion.blocks=1"}) {
    const ShellResult result = encode("--model " + llama.string() + " --set " + setting);
    EXPECT_EQ(result.exit_code, 2) << setting;
    EXPECT_THAT(result.talk, HasSubstr("does not change what is written"));
  }
  EXPECT_FALSE(fs::exists(out));
}

TEST_F(ModelsProgram, RefusesWhatAModelCannotHaveBeforeAnythingRuns) {
  const auto refuses = [&](const std::string& words, const std::string& sentence) {
    const ShellResult result = run(words);
    EXPECT_EQ(result.exit_code, 2) << words;
    EXPECT_THAT(result.talk, HasSubstr(sentence));
    EXPECT_EQ(std::count(result.talk.begin(), result.talk.end(), '\n'), 1) << result.talk;
  };
  refuses(llama.string() + " --set encoder.layer=4", "layer 4 does not exist");
  refuses(llama.string() + " --set encoder.layer=-5", "layer -5 does not exist");
  const std::string mix = llama.string() + " --set encoder.layer_mix=";
  refuses(mix + "mean --set 'encoder.layers=[-1, 3]'", "layer 3 is there twice");
  refuses(mix + "learned --set 'encoder.layers=[2]'", "at least two hidden states");
  refuses(mix + "per-block --set refiner.depth=1", "refiner.depth 0");
  refuses(llama.string() + " --set encoder.layer_freeze_at=0.5", "no weights to freeze");
  refuses(bert.string() + " --set encoder.bos=drop", "encoder.bos must be 'keep'");
  refuses(llama.string() + " --set encoder.template=chatml", "needs the token <|im_start|>");
  refuses(llama.string() + " --set encoder.template=chat",
          "encoder.template: unknown chat template 'chat'; did you mean 'chatml'");
  refuses(bert.string() + " --set encoder.instruction=li-dit", "takes no instruction");
  refuses(llama.string() + " --set seed=5", "seeds = [0, 1]");
  EXPECT_FALSE(fs::exists(home / "records"));
}

TEST_F(ModelsProgram, ShowsOnADryRunWhatStrategyModelAndSizeFillIn) {
  const ShellResult causal = run(llama.string() + " --dry-run");
  ASSERT_EQ(causal.exit_code, 0) << causal.talk;
  for (const char* line :
       {"encoder.0.layer = -3\n", "encoder.template = \"plain\"\n", "refiner.depth = 0\n",
        "refiner.gate_init = \"", "world.captions = 32\n", "world.simple_share = "})
    EXPECT_THAT(causal.out, HasSubstr(line));
  EXPECT_THAT(causal.out, Not(HasSubstr("\n  seed = ")));
  EXPECT_THAT(run(bert.string() + " --dry-run").out, HasSubstr("encoder.0.layer = -1\n"));
  const std::string mixed = run(llama.string() + " --set encoder.layer_mix=learned --dry-run").out;
  EXPECT_THAT(mixed, HasSubstr("encoder.0.layers = [1, 2, 3]\n"));
  EXPECT_THAT(mixed, Not(HasSubstr("encoder.0.layer =")));
  EXPECT_FALSE(fs::exists(home / "records"));
}

TEST_F(ModelsProgram, DrawsAPromptThroughATrainedCell) {
  const ShellResult trained = run(llama.string());
  ASSERT_EQ(trained.exit_code, 0) << trained.talk;
  std::string record;
  for (const auto& entry : fs::directory_iterator(home / "records"))
    if (entry.is_directory()) record = entry.path().filename();
  const fs::path pictures = folder.path() / "pictures";
  const ShellResult result =
      lidit("try " + record.substr(0, 8) + " 'a red circle' --images 2 --device cpu --out " +
            pictures.string());
  ASSERT_EQ(result.exit_code, 0) << result.talk;
  EXPECT_THAT(result.out, HasSubstr("picture  " + pictures.string()));
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(pictures)) {
    EXPECT_EQ(read_bytes(entry.path()).substr(1, 3), "PNG") << entry.path();
    ++count;
  }
  EXPECT_EQ(count, 2u);
}

TEST_F(ModelsProgram, TrainsOnHiddenStatesThatEveryBlockMixesForItself) {
  const ShellResult result =
      run(llama.string() +
          " --set encoder.layer_mix=per-block --set "
          "encoder.layer_freeze_at=0.5 --set encoder.feature_norm=scaled-rms");
  EXPECT_EQ(result.exit_code, 0) << result.talk;
}

TEST_F(ModelsProgram, ListsTheFourStrategies) {
  std::istringstream lines(lidit("list strategies").out);
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);)
    names.push_back(line.substr(0, line.find(' ')));
  EXPECT_THAT(names, testing::ElementsAre("raw-llm", "instruction-guided", "bidirectional-refiner",
                                          "multi-llm-fusion"));
}

TEST_F(ModelsProgram, ExportsASplitWithALineAndAPictureAPrompt) {
  const fs::path world = folder.path() / "world";
  const ShellResult result =
      lidit("world export --preset tiny --split seen --count 3 --out " + world.string());
  ASSERT_EQ(result.exit_code, 0) << result.talk;
  const std::string captions = read_bytes(world / "captions.jsonl");
  EXPECT_EQ(std::count(captions.begin(), captions.end(), '\n'), 3);
  EXPECT_THAT(captions, HasSubstr("\"image\": \"images/000002.png\""));
  EXPECT_TRUE(fs::exists(world / "images" / "000002.png"));
}

}  // namespace
}  // namespace lidit
