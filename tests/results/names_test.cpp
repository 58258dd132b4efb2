#include "results/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lidit {
namespace {

const std::vector<std::string> kStrategies = {"raw-llm", "instruction-guided",
                                              "bidirectional-refiner", "multi-llm-fusion"};

TEST(Names, SayWhatIsUnknownWhatIsNearAndWhatThereIs) {
  EXPECT_EQ(unknown_name("strategy", "raw-lm", kStrategies),
            "unknown strategy 'raw-lm'; did you mean 'raw-llm'? Choices: raw-llm, "
            "instruction-guided, bidirectional-refiner, multi-llm-fusion.");
  EXPECT_EQ(unknown_name("size", "huge", std::vector<std::string>{"micro", "lidit-1b"}),
            "unknown size 'huge'. Choices: micro, lidit-1b.");
}

TEST(Names, FindTheEntryOfATable) {
  struct Entry {
    std::string_view name;
    int value;
  };
  constexpr Entry table[] = {{"one", 1}, {"two", 2}};
  EXPECT_EQ(&find_named("number", "two", table), &table[1]);
  EXPECT_THAT([&] { find_named("number", "too", table); },
              testing::ThrowsMessage<SpecError>(
                  "unknown number 'too'; did you mean 'two'? Choices: one, two."));
}

TEST(Names, FindTheNearestChoiceWhateverTheCaseAndWithSwappedLetters) {
  EXPECT_EQ(nearest_name("RAW-LLM", kStrategies), "raw-llm");
  EXPECT_EQ(nearest_name("multi-lml-fusion", kStrategies), "multi-llm-fusion");
  EXPECT_EQ(nearest_name("sede", std::vector<std::string>{"feed", "seed"}), "seed");
}

TEST(Names, SuggestNothingWhereNothingIsNear) {
  EXPECT_EQ(nearest_name("clip", kStrategies), "");
  EXPECT_EQ(nearest_name("", kStrategies), "");
  EXPECT_EQ(nearest_name("x", std::vector<std::string>{"a"}), "");
  EXPECT_EQ(nearest_name("x", {}), "");
}

TEST(Names, CutALongNameBetweenCharacters) {
  std::string name(59, 'a');
  name += "\xC3\xA9";  // e with an accent, two bytes across the limit
  name += std::string(100000, 'b');
  EXPECT_EQ(unknown_name("key", name, std::vector<std::string>{"x"}),
            "unknown key '" + std::string(59, 'a') + "...'. Choices: x.");
}

}  // namespace
}  // namespace lidit
