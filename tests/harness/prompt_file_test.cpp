#include "harness/prompt_file.h"

#include <gmock/gmock.h>

#include <sstream>

#include "results/errors.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> texts(const std::string& bytes) {
  std::istringstream in(bytes);
  std::vector<std::string> all;
  for (const Prompt& prompt : read_prompt_file("-", in)) all.push_back(prompt.text);
  return all;
}

TEST(PromptFile, HasOnePromptALine) {
  EXPECT_THAT(texts("a red circle\na blue square\n"), ElementsAre("a red circle", "a blue square"));
}

TEST(PromptFile, NeedsNoEndOnItsLastLine) {
  EXPECT_THAT(texts("one\ntwo"), ElementsAre("one", "two"));
}

TEST(PromptFile, TakesLinesOfOtherSystems) {
  EXPECT_THAT(texts("\xEF\xBB\xBFone\r\ntwo\r\n"), ElementsAre("one", "two"));
}

TEST(PromptFile, KeepsEmptyLinesAsEmptyPrompts) {
  EXPECT_THAT(texts("one\n\nthree\n"), ElementsAre("one", "", "three"));
}

TEST(PromptFile, RefusesAFileWithoutPrompts) {
  EXPECT_THROW(texts(""), UserError);
  const TemporaryFolder folder;
  std::istringstream unused;
  EXPECT_THROW(read_prompt_file(folder.write("empty.txt", ""), unused), UserError);
}

TEST(PromptFile, RefusesAFileThatIsNotThere) {
  std::istringstream unused;
  EXPECT_THROW(read_prompt_file("/no/such/prompts.txt", unused), FileError);
}

}  // namespace
}  // namespace lidit
