// `lidit bench` over tiny sizes, as a user calls it.
#include <gmock/gmock.h>

#include "results/store.h"
#include "tests/support/shell.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
namespace fs = std::filesystem;

class Bench : public testing::Test {
 protected:
  ShellResult bench(const std::string& words) const {
    return run_lidit("bench --device cpu " + words,
                     "OMP_NUM_THREADS=1 LIDIT_HOME='" + (folder_.path() / "home").string() + "'");
  }
  fs::path home() const { return folder_.path() / "home"; }

 private:
  TemporaryFolder folder_;
};

TEST_F(Bench, MeasuresRecordsAndPrintsTheSameTablesAgain) {
  const std::string cells = "--sizes tiny,tiny-llama,tiny-t5 --batch 2 --length 8 ";
  const ShellResult measured = bench(cells + "--seconds 0.02 --noise 50 --format md");
  ASSERT_EQ(measured.exit_code, 0) << measured.talk;
  EXPECT_THAT(measured.out,
              AllOf(HasSubstr("How fast language models read"), HasSubstr("tiny-t5"),
                    HasSubstr("How fast backbones sample"), HasSubstr("How fast backbones train"),
                    HasSubstr("multi-llm-fusion")));
  EXPECT_EQ(RecordStore(home() / "records").list().size(), 7u);
  for (const char* figure : {"roofline", "encoders", "sampling", "text_share", "training"})
    EXPECT_TRUE(fs::exists(home() / "reports" / "bench" / (std::string(figure) + ".svg")))
        << figure;
  const ShellResult again = bench(cells + "--from-records --format md");
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(again.out, measured.out);
}

TEST_F(Bench, ListsItsCellsTermByTermWithoutMeasuring) {
  const ShellResult result = bench("--only encoders --sizes qwen2-0.5b --dry-run");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, AllOf(HasSubstr("encoders/qwen2-0.5b/bf16/batch=8/tokens=64"),
                                HasSubstr("GFLOP"), HasSubstr("(H + 2 KV) E a token")));
  EXPECT_FALSE(fs::exists(home() / "records"));
}

TEST_F(Bench, AnswersMistakesInOneSentence) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"--sizes lidit-xl", "unknown size 'lidit-xl'"},
      {"--only encoder", "unknown section 'encoder'; did you mean 'encoders'?"},
      {"--type fp16", "unknown type 'fp16'. Choices: fp32, bf16."},
      {"--batch 0", "bench: --batch must be from 1 to 65536, got 0"},
      {"--length -3", "bench: --length must be from 1 to 1048576, got -3"},
      {"--noise nan", "the noise that is wanted must be a positive number"},
      {"--seconds 0", "the time for one measurement must be a positive number, got 0"},
      {"--threads 100000", "bench: --threads must be from 1 to"},
      {"--price-per-hour -1", "bench: --price-per-hour must be a positive number, got -1"},
      {"--filter no-such-cell --sizes tiny",
       "no cell matches 'no-such-cell'. Choices: sampling/tiny/"},
      {"--sizes tiny --from-records", "bench: nothing of this was measured on this machine yet"}};
  for (const auto& [words, sentence] : mistakes) {
    const ShellResult result = bench(words);
    EXPECT_EQ(result.exit_code, 2) << words;
    EXPECT_THAT(result.talk, AllOf(StartsWith("lidit: "), HasSubstr(sentence))) << words;
    EXPECT_EQ(std::count(result.talk.begin(), result.talk.end(), '\n'), 1) << result.talk;
  }
}

TEST_F(Bench, GivesARowWithAReasonToWhatDoesNotFit) {
  // A batch of images that no machine holds.
  const ShellResult result = bench("--only training --sizes lidit-10b --batch 65536 --seconds 0.1");
  EXPECT_EQ(result.exit_code, 0) << result.talk;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("lidit-10b"), HasSubstr("needs about"), HasSubstr("--extrapolate")));
}

}  // namespace
}  // namespace lidit
