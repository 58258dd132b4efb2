#include "harness/terminal/progress.h"

#include <gtest/gtest.h>

#include <sstream>

namespace lidit {
namespace {

using namespace std::chrono_literals;

TEST(ProgressText, SaysRateAndTimeLeft) {
  EXPECT_EQ(progress_text("train", 120, 600, 4), "train 120/600, 30.0/s, 16 s left");
  EXPECT_EQ(progress_text("cells", 3, 24, 90), "cells 3/24, 2.0/min, 10 min 30 s left");
}

TEST(ProgressText, PromisesNothingBeforeAnythingIsDone) {
  EXPECT_EQ(progress_text("cells", 0, 24, 90), "cells 0/24");
}

TEST(ProgressText, SaysHowLongItTookAtTheEnd) {
  EXPECT_EQ(progress_text("encode", 2000, 2000, 4), "encode 2000/2000, 500/s, 4 s");
}

TEST(DurationText, RoundsUpAndChangesUnits) {
  EXPECT_EQ(duration_text(0.2), "1 s");
  EXPECT_EQ(duration_text(59.5), "1 min 00 s");
  EXPECT_EQ(duration_text(7500), "2 h 05 min");
}

TEST(Progress, WritesPlainLinesAtIntervalsAndTheLastOne) {
  std::ostringstream out;
  const Progress::Clock::time_point start{};
  Progress progress(out, {.rewrites = false, .columns = 80, .interval = 30s}, "train", 4, start);
  progress.update(1, "", start + 10s);
  progress.update(2, "", start + 40s);
  progress.update(3, "", start + 41s);
  progress.update(4, "loss 0.1", start + 42s);
  progress.finish();
  EXPECT_EQ(out.str(),
            "train 2/4, 3.0/min, 40 s left\n"
            "train 4/4, 5.7/min, 42 s | loss 0.1\n");
}

TEST(Progress, RewritesOneLineThatFitsTheTerminal) {
  std::ostringstream out;
  const Progress::Clock::time_point start{};
  Progress progress(out, {.rewrites = true, .columns = 12, .interval = 0s}, "train", 4, start);
  progress.update(1, "", start + 10s);
  progress.say("a note");
  progress.finish();
  EXPECT_EQ(out.str(), "\r\x1b[Ktrain 1/4, \r\x1b[Ka note\ntrain 1/4, \n");
}

}  // namespace
}  // namespace lidit
