// Metrics of one's own, any system's pictures, people and CLIP, through the program.
#include <gmock/gmock.h>

#include <array>
#include <filesystem>

#include "metrics/human/comparison_page.h"
#include "metrics/scenes/export_world.h"
#include "results/store.h"
#include "tests/support/shell.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class OwnScores : public ::testing::Test {
 protected:
  ShellResult lidit(const std::string& words) const {
    return run_lidit(words, "cd '" + folder.path().string() + "' && LIDIT_HOME='" +
                                (folder.path() / "home").string() + "'");
  }
  RecordStore store() const { return RecordStore(folder.path() / "home" / "records"); }
  void export_split(const std::string& to, int count) const {
    const scenes::World world({.preset = "tiny"});
    scenes::export_world(world, "seen", count, folder.path() / to);
  }

  const TemporaryFolder folder;
};

constexpr std::string_view kSpec = R"(
seeds = [0]
[set]
world.preset = "tiny"
world.captions = 16
backbone.size = "tiny"
train.steps = 4
train.batch = 4
train.warmup = 2
evaluation.prompts = 6
evaluation.splits = ["seen"]
evaluation.curve_every = 0
metrics.length.command = ["sh", "length.sh", "{folder}"]
metrics.length.higher_is_better = true
[[row]]
label = "trained"
strategy = "scene-tokens"
[[row]]
label = "chance"
strategy = "chance"
[[row]]
label = "true pictures"
strategy = "verifier"
[[row]]
label = "another system"
strategy = "image-folder"
images.folder = "theirs"
[table]
columns = [
  { measurement = "seen.binding", label = "binding" },
  { measurement = "seen.metrics.length", label = "length" },
]
)";

/// Scores every image with the length of its line in captions.jsonl.
constexpr std::string_view kLength = R"(awk -F'"' '{
  for (i = 1; i < NF; ++i) if ($i == "id")
    printf "{\"id\": \"%s\", \"score\": %d}\n", $(i + 2), length($0)
}' "$1/captions.jsonl")";

TEST_F(OwnScores, ACommandAndAFolderOfImagesAreAColumnAndARowOfTheTable) {
  folder.write("length.sh", kLength);
  const std::string spec = folder.write("own.toml", kSpec);
  export_split("theirs", 6);
  const ShellResult sweep = lidit("sweep " + spec + " --jobs 1");
  ASSERT_EQ(sweep.exit_code, 0) << sweep.talk;
  const std::string table = lidit("table " + spec + " --format csv").out;
  EXPECT_THAT(table, HasSubstr("another system,1.0,"));
  EXPECT_THAT(table, HasSubstr("true pictures,1.0,"));
  const std::string text = lidit("table " + spec).out;
  EXPECT_THAT(text, HasSubstr("this row has no images"));
  std::set<double> lengths;
  for (const Record& record : store().list())
    if (const Measurement* found = record.find("seen.metrics.length"); found && found->value) {
      lengths.insert(*found->value);
      EXPECT_EQ(found->n, 6);
      EXPECT_TRUE(read_prompts(store().place_of(record.fingerprint))[0].contains("metrics.length"));
    }
  EXPECT_EQ(lengths.size(), 1u) << "every row is asked about the same captions";
}

TEST_F(OwnScores, ACommandThatFailsIsARowWithAReason) {
  folder.write("length.sh", "echo 'cannot find my weights' >&2; exit 4");
  const std::string spec = folder.write("own.toml", kSpec);
  export_split("theirs", 6);
  const ShellResult sweep = lidit("sweep " + spec + " --jobs 1 --filter trained");
  EXPECT_EQ(sweep.exit_code, 1);
  EXPECT_THAT(
      lidit("table " + spec).out,
      HasSubstr("metric 'length': its command ended with status 4: cannot find my weights"));
  const auto records = store().list();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_TRUE(fs::exists(store().place_of(records[0].fingerprint) / "length.stderr.txt"));
}

TEST_F(OwnScores, ACommandThatIsNotThereIsAMistakeOfTheSpec) {
  const std::string spec = folder.write("own.toml", kSpec);
  export_split("theirs", 6);
  const ShellResult result = lidit("sweep " + spec +
                                   " --set 'metrics.length.command=[\"no-such-program\", "
                                   "\"{folder}\"]'");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.talk, HasSubstr("there is no program 'no-such-program'"));
}

TEST_F(OwnScores, PicturesOfAnyModelAreReadBackFromTheExportsFiles) {
  ASSERT_EQ(lidit("world export --preset tiny --split seen --count 6 --prompts-only --out theirs")
                .exit_code,
            0);
  const ShellResult nothing = lidit("score --benchmark drawn --images theirs");
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_THAT(nothing.talk, HasSubstr("6 of 6 images are missing: seen/0, seen/1"));
  export_split("drawn", 6);
  for (const char* name : {"000000.png", "000002.png"})
    fs::copy_file(folder.path() / "drawn" / "images" / name,
                  folder.path() / "theirs" / "images" / name);
  EXPECT_EQ(lidit("score --benchmark drawn --images theirs").exit_code, 2);
  const ShellResult some = lidit("score --benchmark drawn --images theirs --allow-missing");
  ASSERT_EQ(some.exit_code, 0) << some.talk;
  EXPECT_THAT(some.out, HasSubstr("theirs (incomplete: 4 images missing)"));
  EXPECT_THAT(some.out, HasSubstr("100.0"));
  const ShellResult all = lidit("score --benchmark drawn --images drawn --name best --format csv");
  EXPECT_THAT(all.out, HasSubstr("best,1.0"));
  EXPECT_THAT(all.out, ::testing::Not(HasSubstr("theirs"))) << "other prompts";
}

TEST_F(OwnScores, PeopleJudgePairsOnAPage) {
  export_split("mine", 4);
  export_split("theirs", 4);
  ASSERT_EQ(lidit("compare mine theirs --out study").exit_code, 0);
  const human::ComparisonKey key = human::read_comparison_key(folder.path() / "study");
  std::string csv = "page,rater,pair,choice,seconds\n";
  for (const human::PairKey& pair : key.pairs)
    csv += key.page + ",anna," + pair.pair + "," + (pair.first_is_left ? "left" : "right") + ",1\n";
  folder.write("anna.csv", csv);
  const ShellResult result =
      lidit("score --benchmark human --images study --judge anna.csv --format csv");
  ASSERT_EQ(result.exit_code, 0) << result.talk;
  EXPECT_THAT(result.out, HasSubstr("mine over theirs,1.0"));
  folder.write("less.csv", csv.substr(0, csv.rfind('\n', csv.size() - 2) + 1));
  const ShellResult less = lidit("score --benchmark human --images study --judge less.csv");
  EXPECT_EQ(less.exit_code, 2);
  EXPECT_THAT(less.talk, HasSubstr("1 of 4 images are missing: 0004"));
  EXPECT_EQ(
      lidit("score --benchmark human --images study --judge less.csv --allow-missing").exit_code,
      0);
}

TEST_F(OwnScores, ClipScoresAFolderOfCaptionedImages) {
  const std::string golden = LIDIT_GOLDEN_DIR "/clip/";
  const std::string score = "score --benchmark clipscore --images '" + golden + "pictures'";
  const ShellResult result = lidit(score + " --clip '" + golden + "open-clip'");
  ASSERT_EQ(result.exit_code, 0) << result.talk;
  const ShellResult same = lidit(score + " --clip '" + golden + "hugging-face' --format csv");
  EXPECT_THAT(same.out, HasSubstr("pictures,"));
  EXPECT_THAT(result.out, HasSubstr("cosine"));
  const auto records = store().list();
  ASSERT_EQ(records.size(), 2u) << "another file of weights is another judge";
  EXPECT_NEAR(*records[0].find("cosine")->value, *records[1].find("cosine")->value, 1e-6);
  EXPECT_EQ(lidit(score).exit_code, 2);
}

TEST_F(OwnScores, ClipScoresAJpegAsItsPixels) {
  for (const char* kind : {"jpg", "png"}) {
    const std::string file = std::string("a.") + kind, place = std::string(kind) + "/";
    fs::create_directories(folder.path() / kind);
    folder.write(place + file, read_bytes(fs::path(LIDIT_GOLDEN_DIR) / "images" /
                                          ("baseline." + std::string(kind))));
    folder.write(place + "captions.jsonl",
                 R"({"image": ")" + file + R"(", "caption": "a red circle"})");
    const ShellResult result =
        lidit("score --benchmark clipscore --clip '" LIDIT_GOLDEN_DIR "/clip/open-clip' --images " +
              std::string(kind));
    ASSERT_EQ(result.exit_code, 0) << result.talk;
  }
  const auto records = store().list();
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].find("cosine")->value, records[1].find("cosine")->value);
}

TEST_F(OwnScores, ClipScoresCrossCaptionsWithTheSeedsThatTheyShare) {
  std::string lines;
  int number = 0;
  for (const char* caption : {"a red circle", "a blue square", "a green star"})
    for (const char* seed : {"7", "8"}) {
      const std::string file = "p" + std::to_string(number) + ".png";
      fs::copy_file(fs::path(LIDIT_GOLDEN_DIR) / "images" /
                        (std::array{"baseline.png", "grey.png"})[number++ % 2],
                    folder.path() / file);
      lines += R"({"image": ")" + file + R"(", "caption": ")" + caption + R"(", "seed": ")" + seed +
               "\"}\n";
    }
  folder.write("captions.jsonl", lines);
  const std::string score =
      "score --benchmark clipscore --clip '" LIDIT_GOLDEN_DIR "/clip/open-clip' --images .";
  const ShellResult crossed = lidit(score);
  ASSERT_EQ(crossed.exit_code, 0) << crossed.talk;
  EXPECT_THAT(
      crossed.out,
      HasSubstr("cosine, clipscore: 95 % by the bootstrap over prompts crossed with the 2 seeds"));
  EXPECT_THAT(crossed.out, HasSubstr("seeds: by captions.jsonl, all captions share theirs"));
  lines.replace(lines.rfind("\"8\""), 3, "\"9\"");
  folder.write("captions.jsonl", lines);
  const ShellResult own = lidit(score);
  ASSERT_EQ(own.exit_code, 0) << own.talk;
  EXPECT_THAT(own.out, testing::Not(HasSubstr("crossed")));
}

TEST_F(OwnScores, ABenchmarksPlanAndLayoutAreWritten) {
  ASSERT_EQ(lidit("layout --benchmark geneval --out plan").exit_code, 0);
  EXPECT_TRUE(fs::exists(folder.path() / "plan" / "00552" / "metadata.jsonl"));
  const std::string plan = read_bytes(folder.path() / "plan" / "plan.jsonl");
  EXPECT_EQ(std::count(plan.begin(), plan.end(), '\n'), 553 * 4);
  const ShellResult again = lidit("layout --benchmark geneval --out plan");
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.talk, HasSubstr("is there already"));
  export_split("drawn", 3);
  const ShellResult few = lidit("layout --benchmark geneval --images drawn --out layout");
  EXPECT_EQ(few.exit_code, 2);
  EXPECT_THAT(few.talk, HasSubstr("2212 of 2212 images are missing"));
}

TEST_F(OwnScores, RefuseOptionsThatTheyWouldNotRead) {
  const ShellResult result = lidit("score --benchmark drawn --images x --judge y");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.talk, HasSubstr("--judge is not for --benchmark drawn"));
}

}  // namespace
}  // namespace lidit
