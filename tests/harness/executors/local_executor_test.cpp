#include "harness/executors/local_executor.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "harness/exit_code.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

// A worker as small as the protocol allows: a shell script.
std::vector<std::string> shell_worker(const std::string& each_task) {
  return {"/bin/sh", "-c",
          "echo '{\"event\": \"ready\"}'; while read -r line; do " + each_task + "; done"};
}
const std::string say_done = "echo \"{\\\"event\\\": \\\"done\\\", \\\"pid\\\": $$}\"";

struct Notes : ExecutionObserver {
  void on_progress(std::size_t task, std::string_view work, std::int64_t done,
                   std::int64_t total) override {
    progress.push_back(std::to_string(task) + " " + std::string(work) + " " + std::to_string(done) +
                       "/" + std::to_string(total));
  }
  void on_end(std::size_t task, const Outcome&) override { ended.push_back(task); }
  void on_talk(std::size_t, std::string_view line) override { talk.emplace_back(line); }
  std::vector<std::string> progress, talk;
  std::vector<std::size_t> ended;
};

std::vector<Task> tasks(int count) {
  std::vector<Task> all;
  for (std::int64_t i = 0; i < count; ++i) {
    all.push_back({.name = "task " + std::to_string(i), .fields = {{"number", i}}});
  }
  return all;
}

// Waits for something that another process does; two seconds are plenty.
template <class Condition>
bool soon(Condition condition) {
  for (int i = 0; i < 400 && !condition(); ++i) std::this_thread::sleep_for(5ms);
  return condition();
}

// A zombie is dead, although nobody has asked for its status yet.
bool alive(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/stat");
  std::string id, name, state;
  return status >> id >> name >> state && state != "Z";
}

std::size_t files_in(const TemporaryFolder& folder) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

TEST(LocalExecutor, BringsOutcomesBackInTheOrderOfTheTasks) {
  const InterruptWatch interrupts({SIGUSR1});
  Notes notes;
  const auto worker = shell_worker(
      "n=${line#*number\\\": }; n=${n%%[,\\}]*}; n=${n##*:}; "
      "echo \"{\\\"event\\\": \\\"done\\\", \\\"got\\\": $n}\"");
  const auto outcomes = LocalExecutor{worker, 2}.run(tasks(7), interrupts, notes);
  ASSERT_EQ(outcomes.size(), 7u);
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(outcomes[i].end, TaskEnd::done) << outcomes[i].reason;
    EXPECT_EQ(get<std::int64_t>(outcomes[i].result, "got"), static_cast<std::int64_t>(i));
  }
  EXPECT_EQ(notes.ended.size(), 7u);
}

TEST(LocalExecutor, KeepsItsWorkersFromTaskToTask) {
  const InterruptWatch interrupts({SIGUSR1});
  Notes notes;
  const auto outcomes = LocalExecutor{shell_worker(say_done), 1}.run(tasks(3), interrupts, notes);
  const auto pid = get<std::int64_t>(outcomes[0].result, "pid");
  EXPECT_EQ(get<std::int64_t>(outcomes[2].result, "pid"), pid);
}

TEST(LocalExecutor, GivesWorkersOneThreadEach) {
  const InterruptWatch interrupts({SIGUSR1});
  Notes notes;
  setenv("OMP_NUM_THREADS", "7", 1);
  const auto worker =
      shell_worker("echo \"{\\\"event\\\": \\\"done\\\", \\\"threads\\\": $OMP_NUM_THREADS}\"");
  const auto outcomes = LocalExecutor{worker, 1}.run(tasks(1), interrupts, notes);
  unsetenv("OMP_NUM_THREADS");
  EXPECT_EQ(get<std::int64_t>(outcomes[0].result, "threads"), 1);
}

TEST(LocalExecutor, TellsOfProgressAndOfWhatWorkersSay) {
  const InterruptWatch interrupts({SIGUSR1});
  Notes notes;
  const auto worker = shell_worker(
      "echo 'a warning' >&2; echo '{\"event\": \"progress\", \"work\": \"train\", \"done\": 3, "
      "\"total\": 9}'; sleep 0.1; " +
      say_done);
  LocalExecutor{worker, 1}.run(tasks(1), interrupts, notes);
  EXPECT_THAT(notes.progress, ElementsAre("0 train 3/9"));
  EXPECT_THAT(notes.talk, ElementsAre("a warning"));
}

TEST(LocalExecutor, KeepsTheReasonThatAWorkerGives) {
  const InterruptWatch interrupts({SIGUSR1});
  Notes notes;
  const auto worker =
      shell_worker("echo '{\"event\": \"failed\", \"reason\": \"the loss is NaN\"}'");
  const auto outcomes = LocalExecutor{worker, 2}.run(tasks(2), interrupts, notes);
  for (const Outcome& outcome : outcomes) {
    EXPECT_EQ(outcome.end, TaskEnd::failed);
    EXPECT_EQ(outcome.reason, "the loss is NaN");
    EXPECT_FALSE(outcome.died);
  }
}

TEST(LocalExecutor, ReplacesAWorkerThatIsKilledAndFailsItsTaskAlone) {
  const InterruptWatch interrupts({SIGUSR1});
  Notes notes;
  const auto worker = shell_worker("case $line in *'task 1'*) kill -9 $$;; esac; " + say_done);
  const auto outcomes = LocalExecutor{worker, 1}.run(tasks(4), interrupts, notes);
  EXPECT_EQ(outcomes[1].end, TaskEnd::failed);
  EXPECT_TRUE(outcomes[1].died);
  EXPECT_THAT(outcomes[1].reason, HasSubstr("killed by signal 9"));
  for (const int other : {0, 2, 3}) EXPECT_EQ(outcomes[other].end, TaskEnd::done);
}

TEST(LocalExecutor, ReportsTheLastWordsOfAWorkerThatEnds) {
  const InterruptWatch interrupts({SIGUSR1});
  Notes notes;
  const auto worker = shell_worker("echo 'terminate called' >&2; exit 5");
  const auto outcomes = LocalExecutor{worker, 1}.run(tasks(2), interrupts, notes);
  for (const Outcome& outcome : outcomes) {
    EXPECT_EQ(outcome.end, TaskEnd::failed);
    EXPECT_EQ(outcome.reason, "its process ended with status 5: terminate called");
  }
}

TEST(LocalExecutor, DoesNotBlameATaskForWhatWasSaidOfAnEarlierOne) {
  const InterruptWatch interrupts({SIGUSR1});
  Notes notes;
  const auto worker =
      shell_worker("case $line in *'task 1'*) kill -9 $$;; esac; echo warning >&2; " + say_done);
  const auto outcomes = LocalExecutor{worker, 1}.run(tasks(2), interrupts, notes);
  EXPECT_THAT(outcomes[1].reason, AllOf(HasSubstr("signal 9"), testing::Not(HasSubstr("warning"))));
}

TEST(LocalExecutor, GoesOnWithTheWorkersThatBecameReady) {
  const InterruptWatch interrupts({SIGUSR1});
  Notes notes;
  const TemporaryFolder folder;
  const std::string lock = (folder.path() / "first").string();
  // Whoever makes the folder works; the other one ends before it is ready.
  const std::vector<std::string> worker = {
      "/bin/sh", "-c",
      "mkdir " + lock + " 2>/dev/null || exit 1; sleep 0.2; echo '{\"event\": \"ready\"}'; " +
          "while read -r line; do " + say_done + "; done"};
  for (const Outcome& outcome : LocalExecutor{worker, 2}.run(tasks(2), interrupts, notes))
    EXPECT_EQ(outcome.end, TaskEnd::done);
}

TEST(LocalExecutor, NoticesADeathWhenAChildOfTheWorkerHoldsItsStreams) {
  const InterruptWatch interrupts({SIGUSR1});
  Notes notes;
  const auto begin = std::chrono::steady_clock::now();
  const auto worker = shell_worker("sleep 20 & kill -9 $$");
  const auto outcomes = LocalExecutor{worker, 1}.run(tasks(1), interrupts, notes);
  EXPECT_TRUE(outcomes[0].died);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

TEST(LocalExecutor, FailsTheTaskOfAWorkerThatTalksNonsense) {
  const InterruptWatch interrupts({SIGUSR1});
  Notes notes;
  const auto worker = shell_worker("case $line in *'task 0'*) echo nonsense;; esac; " + say_done);
  const auto outcomes = LocalExecutor{worker, 1}.run(tasks(2), interrupts, notes);
  EXPECT_EQ(outcomes[0].end, TaskEnd::failed);
  EXPECT_EQ(outcomes[1].end, TaskEnd::done);
}

TEST(LocalExecutor, RefusesAWorkerProgramThatIsNotThere) {
  const InterruptWatch interrupts({SIGUSR1});
  Notes notes;
  EXPECT_THROW((LocalExecutor{{"/no/such/program"}, 2}.run(tasks(2), interrupts, notes)),
               MachineError);
}

TEST(LocalExecutor, StopsWorkersWhenItIsInterrupted) {
  const InterruptWatch interrupts({SIGUSR1});
  Notes notes;
  const auto worker =
      shell_worker("case $line in *'task 1'*) kill -USR1 $PPID; exec sleep 60;; esac; " + say_done);
  const auto outcomes = LocalExecutor{worker, 1, 100ms}.run(tasks(3), interrupts, notes);
  EXPECT_EQ(outcomes[0].end, TaskEnd::done);
  EXPECT_EQ(outcomes[1].end, TaskEnd::stopped);
  EXPECT_EQ(outcomes[2].end, TaskEnd::stopped);
}

TEST(LocalExecutor, KillsWorkersThatDoNotStopWithinTheGrace) {
  const InterruptWatch interrupts({SIGUSR1});
  Notes notes;
  const auto worker = shell_worker("trap '' TERM; kill -USR1 $PPID; while :; do sleep 0.05; done");
  const auto outcomes = LocalExecutor{worker, 1, 100ms}.run(tasks(1), interrupts, notes);
  EXPECT_EQ(outcomes[0].end, TaskEnd::stopped);
}

// An executor in a process of its own, whose workers write their process ids into `folder`.
pid_t start_endless_executor(const TemporaryFolder& folder) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  const InterruptWatch interrupts({SIGINT});
  Notes notes;
  const auto worker = shell_worker("trap '' TERM; : > " + folder.path().string() +
                                   "/$$; while :; do sleep 0.05; done");
  LocalExecutor{worker, 2, 60s}.run(tasks(2), interrupts, notes);
  _exit(0);
}

void expect_workers_die(const TemporaryFolder& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    const pid_t worker = std::stoi(entry.path().filename().string());
    EXPECT_TRUE(soon([&] { return !alive(worker); })) << worker << " lives on";
  }
}

TEST(LocalExecutor, TakesItsWorkersWithItWhenItIsKilled) {
  const TemporaryFolder folder;
  const pid_t executor = start_endless_executor(folder);
  ASSERT_TRUE(soon([&] { return files_in(folder) == 2; }));
  kill(executor, SIGKILL);
  waitpid(executor, nullptr, 0);
  expect_workers_die(folder);
}

TEST(LocalExecutor, EndsAtOnceAtTheSecondInterrupt) {
  const TemporaryFolder folder;
  const pid_t executor = start_endless_executor(folder);
  ASSERT_TRUE(soon([&] { return files_in(folder) == 2; }));
  kill(executor, SIGINT);
  std::this_thread::sleep_for(50ms);
  EXPECT_TRUE(alive(executor));  // workers have their grace
  kill(executor, SIGINT);
  int status = 0;
  waitpid(executor, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), exit_interrupted);
  expect_workers_die(folder);
}

}  // namespace
}  // namespace lidit
