#include "encoders/text/random_words.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "results/errors.h"
#include "results/philox.h"

namespace lidit {
namespace {

// Common enough to be one token each of most vocabularies, of several lengths for those where not.
constexpr auto kWords = std::to_array<std::string_view>(
    {"winter",  "policy",   "quickly",  "market",   "because",  "music",    "letter",   "believe",
     "summer",  "doctor",   "never",    "story",    "almost",   "teacher",  "law",      "listen",
     "reason",  "agree",    "monthly",  "history",  "why",      "promise",  "meeting",  "hope",
     "perhaps", "science",  "offer",    "travel",   "patience", "income",   "early",    "memory",
     "often",   "decision", "we",       "theory",   "forget",   "election", "since",    "luck",
     "advice",  "language", "today",    "answer",   "prefer",   "debt",     "weather",  "truth",
     "already", "courage",  "borrow",   "research", "holiday",  "if",       "opinion",  "sleep",
     "hardly",  "evidence", "marriage", "price",    "religion", "then",     "industry", "laugh",
     "so",      "method",   "loyal",    "question", "during",   "poetry",   "explain",  "rent"});
constexpr std::uint64_t kMaxDraws = 2000;

}  // namespace

std::string random_words(std::int64_t tokens,
                         const std::function<std::int64_t(const std::string& text)>& measure) {
  for (std::uint64_t draw = 0; draw < kMaxDraws; ++draw) {
    Philox random(0, "random words", draw);
    std::string words;
    std::int64_t measured = 0;
    while (measured < tokens) {
      if (!words.empty()) words += ' ';
      words += kWords[random.below(kWords.size())];
      const std::string text = words + ":";
      const std::int64_t longer = measure(text);
      if (longer == tokens) return text;
      if (longer <= measured) break;  // what is measured does not grow with the text
      measured = longer;
    }
  }
  throw SpecError(
      fmt::format("no draw of random words has {} tokens under this tokenizer", tokens));
}

}  // namespace lidit
