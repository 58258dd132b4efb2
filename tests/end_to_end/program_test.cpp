// The program as a user meets it: what it prints, where, and its exit code.
#include <gmock/gmock.h>

#include "tests/support/shell.h"

namespace lidit {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(Program, ShowsItsHelpAndFailsWhenNothingIsAsked) {
  const ShellResult result = run_lidit("");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.talk, HasSubstr("Usage: lidit"));
}

TEST(Program, PrintsHelpThatWasAskedForAsData) {
  const ShellResult result = run_lidit("--help");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("doctor"));
  EXPECT_THAT(result.talk, IsEmpty());
}

TEST(Program, AnswersAnUnknownCommandInOneSentence) {
  const ShellResult result = run_lidit("docter");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.talk, StartsWith("lidit: unknown command 'docter'; did you mean 'doctor'?"));
  EXPECT_EQ(std::count(result.talk.begin(), result.talk.end(), '\n'), 1);
}

TEST(Program, SaysSoWhenItsOutputDoesNotFitOnTheDisk) {
  const ShellResult result = run_lidit("doctor > /dev/full");
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.talk, StartsWith("lidit: no space left on the disk"));
}

TEST(Program, EndsQuietlyWhenNobodyReads) {
  EXPECT_THAT(run_lidit("doctor | true").talk, IsEmpty());
}

TEST(Program, DoctorSaysWhatIsHere) {
  const ShellResult result = run_lidit("doctor");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("LibTorch    2.11"));
  EXPECT_THAT(result.out, HasSubstr("kernels: "));
}

}  // namespace
}  // namespace lidit
