#include "harness/executors/worker_loop.h"

#include <gtest/gtest.h>

#include <csignal>
#include <new>
#include <sstream>

namespace lidit {
namespace {

std::string served(const std::string& input, const DoTask& do_task) {
  std::istringstream in(input);
  std::ostringstream out;
  serve_tasks(in, out, do_task);
  return out.str();
}

TEST(WorkerLoop, AnswersEachTaskInTurn) {
  const DoTask twice = [](const Fields& task, const TellProgress&) {
    return Fields{{"twice", 2 * get<std::int64_t>(task, "n")}};
  };
  EXPECT_EQ(served("{\"n\":1}\n{\"n\":2}\n", twice),
            "{\"event\":\"ready\"}\n{\"event\":\"done\",\"twice\":2}\n"
            "{\"event\":\"done\",\"twice\":4}\n");
}

TEST(WorkerLoop, GivesWhatWasThrownAsTheReasonAndGoesOn) {
  int calls = 0;
  const DoTask fails_first = [&](const Fields&, const TellProgress&) -> Fields {
    if (calls++ == 0) throw std::bad_alloc();
    return {};
  };
  EXPECT_EQ(served("{}\n{}\n", fails_first),
            "{\"event\":\"ready\"}\n{\"event\":\"failed\",\"reason\":\"not enough memory\"}\n"
            "{\"event\":\"done\"}\n");
}

TEST(WorkerLoop, TellsTheFirstAndTheLastStepOfQuickWork) {
  const DoTask hundred_steps = [](const Fields&, const TellProgress& tell) {
    for (std::int64_t step = 1; step <= 100; ++step) tell("train", step, 100);
    return Fields();
  };
  const std::string said = served("{}\n", hundred_steps);
  EXPECT_NE(said.find("{\"done\":1,\"event\":\"progress\",\"total\":100,\"work\":\"train\"}"),
            std::string::npos);
  EXPECT_NE(said.find("\"done\":100,"), std::string::npos);
}

TEST(WorkerLoop, GivesATaskUpWithoutAnAnswerWhenToldToStop) {
  const DoTask interrupted = [](const Fields&, const TellProgress& tell) {
    std::raise(SIGTERM);
    tell("train", 1, 100);
    return Fields();
  };
  EXPECT_EQ(served("{}\n{}\n", interrupted), "{\"event\":\"ready\"}\n");
}

}  // namespace
}  // namespace lidit
