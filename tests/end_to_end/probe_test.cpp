// `lidit probe` as a user runs it, on tiny language models.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "results/fields.h"
#include "tests/support/shell.h"
#include "tests/support/tiny_model.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::string_view kSpec = R"(
seeds = [3]
[set]
world.preset = "tiny"
world.captions = 32
backbone.size = "tiny"
train.steps = 2
train.batch = 4
train.warmup = 1
evaluation.prompts = 2
evaluation.splits = ["seen"]
evaluation.curve_every = 0
[[row]]
label = "chance"
strategy = "chance"
[[row]]
label = "causal"
strategy = "raw-llm"
[[row]]
label = "refined"
strategy = "bidirectional-refiner"
)";

class ProbeProgram : public ::testing::Test {
 protected:
  ShellResult lidit(const std::string& words) const {
    return run_lidit(words, "LIDIT_HOME=" + home.string());
  }
  ShellResult probe(const std::string& words, const char* sets = "--sets 3 --pairs 3") const {
    return lidit(fmt::format("probe --device cpu {} --out {} {}", sets, out.string(), words));
  }
  /// Sets enough for some in which the tiny tokenizer can replace every adjective.
  ShellResult probe_influence(const std::string& words) const {
    return probe("--probes P1 " + words, "--sets 12 --pairs 2");
  }
  void refuses(const std::string& words, const std::string& sentence) const {
    const ShellResult result = lidit("probe --device cpu " + words);
    EXPECT_EQ(result.exit_code, 2) << words;
    EXPECT_THAT(result.talk, HasSubstr(sentence)) << words;
    EXPECT_EQ(std::count(result.talk.begin(), result.talk.end(), '\n'), 1) << result.talk;
  }
  /// The values of one measure, from the file of raw numbers.
  std::vector<double> raw(const std::string& encoder, const std::string& measure) const {
    std::istringstream lines(read_bytes(out / "sets.jsonl"));
    for (std::string line; std::getline(lines, line);) {
      const Fields row = fields_from_json(line, "sets.jsonl");
      if (get<std::string>(row, "encoder") == encoder &&
          get<std::string>(row, "measure") == measure)
        return get<std::vector<double>>(row, "values");
    }
    return {};
  }

  const TemporaryFolder folder;
  const fs::path home = folder.path() / "home", out = folder.path() / "bias";
  const fs::path llama = write_tiny_llama(folder), bert = write_tiny_bert(folder);
  const fs::path spec = folder.write("rows.toml", kSpec);
};

TEST_F(ProbeProgram, PutsTheRowsOfASpecSideBySide) {
  const ShellResult result = probe(spec.string() + " --set encoder.model=" + llama.string());
  ASSERT_EQ(result.exit_code, 0) << result.talk;
  for (const char* part : {"3 sets of 3 pairs in 3 rotations, seed 0", "of the language model",
                           "after a refiner (2 blocks, full mask), untrained, t = 0",
                           "P1 future-influence", "P6 displacement"})
    EXPECT_THAT(result.out, HasSubstr(part));
  EXPECT_THAT(result.talk, HasSubstr("chance: not probed, it reads no words"));
  EXPECT_THAT(raw("causal", "instruction"),
              testing::AllOf(testing::SizeIs(3), testing::Each(testing::Gt(0))));
  for (const char* file :
       {"index.html", "estimates.csv", "reach.svg", "recoverability.svg", "slot_share.svg",
        "ablation.svg", "leakage.svg", "displacement_after.svg", "displacement_before.svg"})
    EXPECT_TRUE(fs::exists(out / file)) << file;
}

TEST_F(ProbeProgram, FindsNoInfluenceOfTheFutureOnACausalModelToTheLastBit) {
  const ShellResult result =
      probe_influence(spec.string() + " --set encoder.model=" + llama.string());
  ASSERT_EQ(result.exit_code, 0) << result.talk;
  EXPECT_THAT(result.out, HasSubstr("0 exactly"));
  EXPECT_THAT(raw("causal", "fir"),
              testing::AllOf(testing::Not(testing::IsEmpty()), testing::Each(0)));
  EXPECT_THAT(raw("refined", "fir"), testing::Each(testing::Gt(0)));
}

TEST_F(ProbeProgram, ReadsATrainedRefinerFromItsRecord) {
  const ShellResult ran = lidit("run " + spec.string() +
                                " --device cpu --filter refined --set "
                                "encoder.model=" +
                                llama.string());
  ASSERT_EQ(ran.exit_code, 0) << ran.talk;
  std::istringstream words(ran.out);
  std::string word, record;
  words >> word >> record;
  const ShellResult result = probe_influence("--record " + record);
  ASSERT_EQ(result.exit_code, 0) << result.talk;
  EXPECT_THAT(result.out, HasSubstr("after a refiner (2 blocks, full mask), trained, t = 0"));
  EXPECT_THAT(result.out, testing::Not(HasSubstr("P2")));
  EXPECT_THAT(raw("refined, seed 3, trained", "fir"), testing::Not(testing::IsEmpty()));

  const ShellResult drawn =
      probe("--probes P2-images,P3-images,P4-images --images 2 --record " + record);
  ASSERT_EQ(drawn.exit_code, 0) << drawn.talk;
  EXPECT_THAT(drawn.out, HasSubstr("3 sets of 2 objects in 2 rotations"));
  EXPECT_THAT(drawn.out, HasSubstr("2 images of every caption"));
  EXPECT_THAT(drawn.out, HasSubstr("McNemar p"));
  EXPECT_THAT(raw("refined, seed 3, trained", "score"), testing::SizeIs(3));
  for (const char* file : {"images_score.svg", "images_use.svg", "images_collateral.svg"})
    EXPECT_TRUE(fs::exists(out / file)) << file;
  const ShellResult one = lidit("probe --device cpu --sets 1 --probes P2-images --images 1 --out " +
                                out.string() + " --record " + record);
  ASSERT_EQ(one.exit_code, 0) << one.talk;
  EXPECT_THAT(one.out, HasSubstr("One set: there are no intervals."));
  refuses("--probes P1 --images 1 --record " + record, "P1 has no twin on images");
}

TEST_F(ProbeProgram, TakesFeaturesFromElsewhere) {
  const std::string texts = (folder.path() / "texts.txt").string();
  const std::string features = (folder.path() / "features").string();
  fs::create_directories(features);
  ASSERT_EQ(probe("--probes P3 --write-texts " + texts).exit_code, 0);
  ASSERT_EQ(
      lidit("encode --device cpu --model " + llama.string() +
            " --set encoder.dtype=f32 --prompts " + texts + " --out " + features + "/f.safetensors")
          .exit_code,
      0);
  ASSERT_EQ(probe("--probes P3 --model " + llama.string()).exit_code, 0);
  const std::vector<double> own = raw("tiny-llama", "slot_share");
  const ShellResult result = probe("--probes P3 --model features:" + features);
  ASSERT_EQ(result.exit_code, 0) << result.talk;
  EXPECT_EQ(raw("features:" + features, "slot_share"), own);
  refuses("--probes P2 --sets 3 --pairs 3 --model features:" + features, "lacks");
}

TEST_F(ProbeProgram, WritesTheThousandPromptsWithTheirSeed) {
  const std::string file = (folder.path() / "prompts.jsonl").string();
  ASSERT_EQ(lidit("probe --seed 5 --write-prompts " + file).exit_code, 0);
  const std::string lines = read_bytes(file);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1000);
  EXPECT_THAT(lines, HasSubstr("\"seed\":5"));
}

TEST_F(ProbeProgram, AnswersMistakesInOneSentence) {
  const std::string model = "--model " + llama.string() + " ";
  refuses(model + "--probes P7", "unknown probe 'P7'");
  refuses(model + "--pairs 1", "a set of 1 pair has no positions to compare");
  refuses(model + "--pairs 30", "too few for sets of 30 pairs");
  refuses(model + "--set encoder.layer=9", "layer 9");
  refuses("--model " + bert.string() + " --probes P1 --sets 2", "reads at most 64");
  refuses(spec.string() + " " + model, "either a spec or --model and --strategy");
  refuses("--record ffff", "ffff");
  refuses(model + "--probes P2-images", "name one by --record");
  refuses("--strategy chance", "reads no words");
}

}  // namespace
}  // namespace lidit
