#include "metrics/alignment/audited_score.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>

#include "tests/support/drawn_folder.h"
#include "tests/support/file_error.h"

namespace lidit::benchmarks {
namespace {

using testing::HasSubstr;

std::string line(int image, bool judge, bool human) {
  return fmt::format("{{\"id\": \"{} #0\", \"judge\": {}, \"human\": {}}}\n", image, judge, human);
}

/// A hundred images of a hundred prompts, of which the judge finds the first sixty right.
BenchmarkScore sixty_right() {
  BenchmarkScore score;
  for (int image = 0; image < 100; ++image) {
    score.images.push_back({.prompt = std::to_string(image),
                            .category = "",
                            .prompt_number = image,
                            .value = image < 60 ? 1.0 : 0.0});
    score.verdicts[{image_id(std::to_string(image), 0)}] = image < 60;
  }
  score.aggregates = {aggregate_images("overall", score.images)};
  return score;
}

/// People agree on images 0-26 (right), not on 27-29; on 60-76 (wrong), not on 77-79.
std::string audit_of_fifty() {
  std::string audit;
  for (int image = 0; image < 30; ++image) audit += line(image, true, image < 27);
  for (int image = 60; image < 80; ++image) audit += line(image, false, image >= 77);
  return audit;
}

std::string mistake(const std::string& audit, BenchmarkScore score = sixty_right()) {
  try {
    correct_by_audit(score, parse_judge_audit(audit, "a.jsonl"), "a.jsonl");
  } catch (const UserError& error) {
    return error.what();
  }
  return "no mistake";
}

TEST(AuditedScore, IsRoganAndGladensOfTheCountedErrors) {
  BenchmarkScore score = sixty_right();
  correct_by_audit(score, parse_judge_audit(audit_of_fifty(), "a"), "a");
  const AuditedScore& audited = score.audited.value();
  EXPECT_EQ(audited.audit.positives, 30);
  EXPECT_EQ(audited.audit.true_positives, 27);
  EXPECT_EQ(audited.audit.negatives, 20);
  EXPECT_EQ(audited.audit.true_negatives, 17);
  // q1 = .9, q0 = .85: (.6 + .85 - 1) / .75 = .6
  EXPECT_NEAR(audited.corrected.rate, 0.6, 1e-12);
  const double observed = 0.6 * 0.4 / 99, q1 = 0.9 * 0.1 / 30, q0 = 0.85 * 0.15 / 20;
  EXPECT_NEAR(audited.corrected.standard_error, std::sqrt(observed + 0.36 * q1 + 0.16 * q0) / 0.75,
              1e-12);
}

TEST(AuditedScore, TakesTheErrorOfSeedsIntoTheCorrectedOne) {
  BenchmarkScore plain = sixty_right(), crossed = sixty_right();
  crossed.aggregates[0].crossed =
      CrossedInterval{.interval = {0.3, 0.9}, .standard_error = 0.15, .seeds = 4};
  for (BenchmarkScore* score : {&plain, &crossed})
    correct_by_audit(*score, parse_judge_audit(audit_of_fifty(), "a"), "a");
  EXPECT_GT(crossed.audited->corrected.standard_error, 0.15 / 0.75);
  EXPECT_LT(plain.audited->corrected.standard_error, 0.15 / 0.75);
}

TEST(AuditedScore, RefusesAnAuditOfAnotherJudgeOrOtherImages) {
  EXPECT_EQ(mistake(line(7, false, true)),
            "a.jsonl: line 1: the judge's verdict on '7 #0' is true, not false");
  EXPECT_EQ(mistake(line(100, true, true)),
            "a.jsonl: line 1: '100 #0' is none of the 100 scored verdicts; the first of them is "
            "'0 #0'");
  EXPECT_THAT(mistake(R"({"id": "7 #0", "question": 2, "judge": true, "human": true})"),
              HasSubstr("question 2 of '7 #0' is none of the 100 scored verdicts"));
}

TEST(AuditedScore, NeedsBothKindsAndAJudgeBetterThanChance) {
  EXPECT_THAT(mistake(line(1, true, true) + line(70, false, true)),
              HasSubstr("all 2 audited verdicts are true by the human"));
  EXPECT_THAT(mistake(line(1, true, false)),
              HasSubstr("all 1 audited verdicts are false by the human"));
  EXPECT_THAT(mistake(line(1, true, false) + line(70, false, true)),
              HasSubstr("finds 0 of 1 right ones and 0 of 1 wrong ones, which is no better"));
  BenchmarkScore one_prompt = sixty_right();
  one_prompt.aggregates[0].standard_error.reset();
  EXPECT_THAT(mistake(audit_of_fifty(), one_prompt), HasSubstr("its error needs two prompts"));
}

TEST(JudgeAudit, OfHostileFilesIsRefusedWithItsLine) {
  const auto refusal = [](const std::string& text) {
    return file_error_of([&] { parse_judge_audit(text, "a.jsonl"); });
  };
  EXPECT_THAT(refusal(""), HasSubstr("a.jsonl: no audited verdict"));
  EXPECT_THAT(refusal("id,judge,human\n"), HasSubstr("a.jsonl: line 1"));
  EXPECT_THAT(refusal(line(1, true, true) + line(1, true, false)),
              HasSubstr("a.jsonl: line 2: '1 #0' is audited twice"));
  EXPECT_THAT(refusal(R"({"id": "1 #0", "judge": true, "human": NaN})"),
              HasSubstr("a.jsonl: line 1"));
  EXPECT_THAT(refusal(R"({"id": "1 #0", "judge": true, "human": 0.5})"),
              HasSubstr("'human' should be true or false"));
  EXPECT_THAT(refusal(R"({"id": "1 #0", "judge": "yes", "human": true})"),
              HasSubstr("'judge' should be true or false"));
  EXPECT_THAT(refusal(R"({"id": "1 #0", "judge": true})"), HasSubstr("'human' is missing"));
  EXPECT_THAT(refusal(R"({"id": 1, "judge": true, "human": true})"),
              HasSubstr("'id' should be a text"));
  EXPECT_THAT(refusal(R"({"id": "1", "question": -1, "judge": true, "human": true})"),
              HasSubstr("'question' should be a whole number"));
}

}  // namespace
}  // namespace lidit::benchmarks
