#include "harness/sweep.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "harness/exit_code.h"
#include "results/errors.h"
#include "results/store.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Cells without an experiment: what is tested is which of them run, and what is left behind.
class Sweep : public ::testing::Test {
 protected:
  static PlannedCell cell(int number) {
    return {.name = fmt::format("row {}, seed 0", number),
            .resolved = {{"seed", std::int64_t{number}}},
            .fingerprint = fmt::format("{}{}", number, std::string(63, 'a'))};
  }
  // A worker that writes down which tasks it was given.
  SweepOptions with_worker(const std::string& answer) const {
    return {.device = "cpu",
            .jobs = 1,
            .worker_command = {
                "/bin/sh", "-c",
                "echo '{\"event\": \"ready\"}'; while read -r line; do echo \"$line\" >> " +
                    (folder.path() / "tasks").string() + "; " + answer + "; done"}};
  }
  std::string tasks() const {
    return std::filesystem::exists(folder.path() / "tasks") ? read_bytes(folder.path() / "tasks")
                                                            : "";
  }
  void put_record(const PlannedCell& of, Status status) const {
    const RecordStore store(context.home.records());
    store.draft(of.fingerprint)
        ->commit({.fingerprint = of.fingerprint,
                  .name = of.name,
                  .status = status,
                  .reason = status == Status::done ? "" : "the loss is NaN"},
                 {});
  }

  const TemporaryFolder folder;
  std::istringstream in;
  std::ostringstream out, talk;
  const CommandContext context{.home = {.root = folder.path() / "home", .source = folder.path()},
                               .in = in,
                               .out = out,
                               .talk = talk};
  const std::string done = "echo '{\"event\": \"done\"}'";
};

TEST_F(Sweep, RunsOnlyCellsWithoutARecord) {
  put_record(cell(0), Status::done);
  const std::vector<PlannedCell> cells = {cell(0), cell(1)};
  EXPECT_THAT(run_cells(cells, with_worker(done), context),
              ElementsAre(CellEnd::reused, CellEnd::done));
  EXPECT_THAT(tasks(), HasSubstr("row 1"));
  EXPECT_THAT(tasks(), testing::Not(HasSubstr("row 0")));
}

TEST_F(Sweep, StartsNothingWhenAllRecordsExist) {
  put_record(cell(0), Status::done);
  const std::vector<PlannedCell> cells = {cell(0)};
  EXPECT_THAT(run_cells(cells, with_worker("exit 1"), context), ElementsAre(CellEnd::reused));
  EXPECT_EQ(tasks(), "");
}

TEST_F(Sweep, LeavesACellThatWasSkippedAlone) {
  put_record(cell(0), Status::skipped);
  EXPECT_THAT(run_cells(std::vector<PlannedCell>{cell(0)}, with_worker("exit 1"), context),
              ElementsAre(CellEnd::reused));
}

TEST_F(Sweep, RunsACellAgainWhoseRecordIsBroken) {
  put_record(cell(0), Status::done);
  const RecordStore store(context.home.records());
  std::ofstream(store.place_of(cell(0).fingerprint) / "record.json") << "{";
  run_cells(std::vector<PlannedCell>{cell(0)}, with_worker(done), context);
  EXPECT_THAT(tasks(), HasSubstr("row 0"));
}

TEST_F(Sweep, RunsACellAgainWhenForcedOrWhenItFailed) {
  put_record(cell(0), Status::done);
  put_record(cell(1), Status::failed);
  SweepOptions options = with_worker(done);
  options.force = true;
  run_cells(std::vector<PlannedCell>{cell(0)}, options, context);
  EXPECT_THAT(tasks(), HasSubstr("row 0"));
  run_cells(std::vector<PlannedCell>{cell(1)}, with_worker(done), context);
  EXPECT_THAT(tasks(), HasSubstr("row 1"));
}

TEST_F(Sweep, LeavesARecordWithTheReasonOfACellWhoseWorkerDied) {
  const std::vector<PlannedCell> cells = {cell(0), cell(1)};
  const auto ends =
      run_cells(cells, with_worker("case $line in *'row 0'*) kill -9 $$;; esac; " + done), context);
  EXPECT_THAT(ends, ElementsAre(CellEnd::failed, CellEnd::done));
  const auto record = RecordStore(context.home.records()).find(cell(0).fingerprint);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->status, Status::failed);
  EXPECT_THAT(record->reason, HasSubstr("killed by signal 9"));
  EXPECT_THAT(talk.str(), HasSubstr("row 0, seed 0 failed: "));
  EXPECT_EQ(conclude(ends, context), exit_cell_failed);
}

TEST_F(Sweep, RecordsAFailureBeforeTheNextCellBegins) {
  const std::vector<PlannedCell> cells = {cell(0), cell(1)};
  const RecordStore store(context.home.records());
  const std::filesystem::path record = store.place_of(cell(0).fingerprint) / "record.json";
  const std::string row_0 = "case $line in *'row 0'*) ";
  for (const std::string& failure :
       {std::string("kill -9 $$"), std::string(R"(echo '{"event": "failed", "reason": "x"}')")}) {
    const std::filesystem::path seen = folder.path() / "seen";
    std::filesystem::remove(seen);
    std::filesystem::remove_all(record.parent_path());
    run_cells(cells,
              with_worker(row_0 + failure + ";; *) cp " + record.string() + " " + seen.string() +
                          "; " + done + ";; esac"),
              context);
    EXPECT_TRUE(std::filesystem::exists(seen)) << failure;
  }
}

TEST_F(Sweep, EndsWithOneSentenceWhenAFailureCannotBeRecorded) {
  const std::vector<PlannedCell> cells = {cell(0), cell(1)};
  const std::string records = context.home.records().string();
  EXPECT_THROW(run_cells(cells,
                         with_worker("mv " + records + " " + records + ".away; touch " + records +
                                     "; echo '" + R"({"event": "failed", "reason": "x"})" + "'"),
                         context),
               UserError);
}

TEST_F(Sweep, SaysHowToGoOnWhenItWasStopped) {
  const std::vector<PlannedCell> cells = {cell(0), cell(1)};
  const auto ends = run_cells(cells, with_worker("kill -INT $PPID; exec sleep 60"), context);
  EXPECT_THAT(ends, ElementsAre(CellEnd::stopped, CellEnd::stopped));
  EXPECT_EQ(conclude(ends, context), exit_interrupted);
  EXPECT_THAT(talk.str(), HasSubstr("the same command goes on"));
  EXPECT_TRUE(RecordStore(context.home.records()).list().empty());
}

TEST_F(Sweep, WaitsForACellThatAnotherProcessRuns) {
  const std::vector<PlannedCell> cells = {cell(0)};
  const std::string first_elsewhere =
      "if test -e " + (folder.path() / "seen").string() + "; then " + done + "; else touch " +
      (folder.path() / "seen").string() + "; echo '{\"event\": \"done\", \"elsewhere\": true}'; fi";
  EXPECT_THAT(run_cells(cells, with_worker(first_elsewhere), context), ElementsAre(CellEnd::done));
  EXPECT_THAT(talk.str(), HasSubstr("waiting for 1 cells that other processes run"));
}

}  // namespace
}  // namespace lidit
