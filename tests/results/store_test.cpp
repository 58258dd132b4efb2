#include "results/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>
#include <csignal>
#include <fstream>

#include "results/files.h"
#include "results/hash.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {
namespace fs = std::filesystem;

using testing::HasSubstr;
using testing::ThrowsMessage;

const std::string kA = sha256_hex("a"), kB = sha256_hex("b");

Record record_of(const std::string& fingerprint, std::string name, Status status = Status::done) {
  return {.fingerprint = fingerprint,
          .name = std::move(name),
          .status = status,
          .reason = status == Status::done ? "" : "a reason"};
}

bool put(const RecordStore& store, const Record& record, bool force = false) {
  const auto draft = store.draft(record.fingerprint);
  std::ofstream(draft->folder() / "weights.bin") << record.name;
  return draft->commit(record, {}, force);
}

/// Waits for `child` and gives its exit status; a signal is -1.
int wait_for(pid_t child) {
  int status = 0;
  if (::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

/// The same for whichever of `children` ends next; it leaves the list.
int wait_for_any(std::vector<pid_t>& children) {
  int status = 0;
  std::erase(children, ::waitpid(-1, &status, 0));
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(RecordStore, FindsAndListsWhatWasCommitted) {
  const TemporaryFolder folder;
  const RecordStore store(folder.path() / "records");
  EXPECT_TRUE(store.list().empty());
  EXPECT_EQ(store.find(kA), std::nullopt);
  EXPECT_TRUE(put(store, record_of(kA, "one")));
  EXPECT_TRUE(put(store, record_of(kB, "two")));
  EXPECT_EQ(store.find(kA)->name, "one");
  EXPECT_EQ(store.list().size(), 2u);
  EXPECT_EQ(read_file(store.place_of(kA) / "weights.bin", 10), "one");
  EXPECT_EQ(store.resolve(kA.substr(0, 6)), store.place_of(kA));
  EXPECT_THROW(store.resolve("ffffff"), UserError);
  EXPECT_THROW(store.resolve(kA.substr(0, 3)), UserError);
  EXPECT_THROW(store.place_of("../../../etc"), std::logic_error);
}

TEST(RecordStore, KeepsTheFirstRecordUnlessForcedOrFailed) {
  const TemporaryFolder folder;
  const RecordStore store(folder.path());
  EXPECT_TRUE(put(store, record_of(kA, "failed", Status::failed)));
  EXPECT_TRUE(put(store, record_of(kA, "first")));
  EXPECT_FALSE(put(store, record_of(kA, "second")));
  EXPECT_EQ(store.find(kA)->name, "first");
  EXPECT_TRUE(put(store, record_of(kA, "forced"), true));
  EXPECT_EQ(store.find(kA)->name, "forced");
  EXPECT_EQ(read_file(store.place_of(kA) / "weights.bin", 10), "forced");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(RecordStore, ReplacesABrokenRecordAndListsTheOthersWithoutIt) {
  const TemporaryFolder folder;
  const RecordStore store(folder.path());
  put(store, record_of(kA, "first"));
  write_file(store.place_of(kA) / "record.json", "{");
  put(store, record_of(kB, "whole"));
  std::vector<std::string> broken;
  EXPECT_EQ(store.list(&broken).size(), 1u);
  ASSERT_EQ(broken.size(), 1u);
  EXPECT_NE(broken[0].find("record.json"), std::string::npos);
  EXPECT_THROW(store.find(kA), FileError);
  EXPECT_EQ(store.find_whole(kA), std::nullopt);
  EXPECT_TRUE(put(store, record_of(kA, "second")));
  EXPECT_EQ(store.list().size(), 2u);
}

TEST(RecordStore, HoldsOneWholeRecordWhateverRacesAndDies) {
  const TemporaryFolder folder;
  for (int round = 0; round < 20; ++round) {
    std::vector<pid_t> children;
    for (int i = 0; i < 3; ++i) {
      children.push_back(::fork());
      if (children.back() == 0) {
        const RecordStore store(folder.path());
        const std::string name = "child " + std::to_string(i);
        while (true) put(store, record_of(kA, name), i == 2);
      }
    }
    ::usleep(3000 + 700 * round);
    for (const pid_t child : children) ::kill(child, SIGKILL);
    for (const pid_t child : children) wait_for(child);
    const RecordStore store(folder.path());
    const std::vector<Record> records = store.list();
    ASSERT_LE(records.size(), 1u);
    if (!records.empty()) {
      EXPECT_EQ(read_file(store.place_of(kA) / "weights.bin", 100), records[0].name);
    }
    EXPECT_EQ(folder.entries(), records.size()) << "leftovers are cleared";
  }
}

TEST(Claim, IsHeldByOneAtATimeAndReleased) {
  const TemporaryFolder folder;
  const RecordStore store(folder.path());
  auto claim = store.claim(kA);
  ASSERT_NE(claim, nullptr);
  EXPECT_EQ(store.claim(kA), nullptr);
  EXPECT_NE(store.claim(kB), nullptr);
  claim.reset();
  EXPECT_NE(store.claim(kA), nullptr);
}

TEST(Claim, OfAKilledProcessIsTakenOverAtOnce) {
  const TemporaryFolder folder;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto claim = RecordStore(folder.path()).claim(kA);
    if (::write(ready[1], claim ? "y" : "n", 1) != 1) ::_exit(1);
    ::pause();
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  ASSERT_EQ(answer, 'y');
  const RecordStore store(folder.path());
  EXPECT_EQ(store.claim(kA), nullptr) << "the owner lives";
  ::kill(child, SIGKILL);
  wait_for(child);
  EXPECT_NE(store.claim(kA), nullptr);
}

TEST(Claim, OfAnotherMachineIsTakenOverByAgeAlone) {
  const TemporaryFolder folder;
  const RecordStore store(folder.path());
  const fs::path path = store.place_of(kA).string() + ".claim";
  std::ofstream(path) << "elsewhere boot space 1 1\n";
  EXPECT_EQ(store.claim(kA), nullptr);
  timespec times[2] = {};
  ASSERT_EQ(::clock_gettime(CLOCK_REALTIME, &times[1]), 0);
  times[1].tv_sec -= kClaimPatience.count() + 1;
  times[0] = times[1];
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  EXPECT_NE(store.claim(kA), nullptr);
}

TEST(Claim, StaysWithItsNewOwnerWhenTheOldOneLetsGo) {
  const TemporaryFolder folder;
  const RecordStore store(folder.path());
  auto old_owner = store.claim(kA);
  const fs::path path = store.place_of(kA).string() + ".claim";
  fs::remove(path);  // as a take-over does
  const auto new_owner = store.claim(kA);
  ASSERT_NE(new_owner, nullptr);
  old_owner.reset();
  EXPECT_TRUE(fs::exists(path));
}

TEST(Claim, OfADeadProcessGoesToExactlyOneOfManyRivals) {
  for (int round = 0; round < 20; ++round) {
    const TemporaryFolder folder;
    const RecordStore store(folder.path());
    const pid_t dead = ::fork();
    if (dead == 0) {
      const auto claim = store.claim(kA);
      ::_exit(claim ? 0 : 1);  // without running destructors
    }
    ASSERT_EQ(wait_for(dead), 0);
    int start[2], hold[2];
    ASSERT_EQ(::pipe(start), 0);
    ASSERT_EQ(::pipe(hold), 0);
    std::vector<pid_t> rivals;
    for (int i = 0; i < 4; ++i) {
      rivals.push_back(::fork());
      if (rivals.back() == 0) {
        char byte;
        ::close(start[1]);
        ::close(hold[1]);
        (void)!::read(start[0], &byte, 1);  // until the parent closes its end
        const auto claim = store.claim(kA);
        if (!claim) ::_exit(1);
        (void)!::read(hold[0], &byte, 1);  // holds it until all have tried
        ::_exit(0);
      }
    }
    ::close(start[1]);
    int losers = 0;
    for (int i = 0; i < 3; ++i) losers += wait_for_any(rivals) == 1;
    ::close(hold[1]);
    EXPECT_EQ(losers, 3);
    EXPECT_EQ(wait_for_any(rivals), 0);
    ::close(start[0]);
    ::close(hold[0]);
  }
}

}  // namespace
}  // namespace lidit
