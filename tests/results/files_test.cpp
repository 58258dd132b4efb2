#include "results/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {
namespace fs = std::filesystem;

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Files, ReadBackWhatWasWritten) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "file";
  write_file(path, "first");
  write_file(path, std::string("a\0b", 3));
  EXPECT_EQ(read_file(path, 3), std::string("a\0b", 3));
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(Files, LeaveTheOldFileAndNoTemporaryWhenAWriterGivesUp) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "file";
  write_file(path, "old");
  {
    FileWriter writer(path);
    writer.write("new");
    EXPECT_EQ(folder.entries(), 2u);
  }
  EXPECT_EQ(read_file(path, 100), "old");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(Files, SayInOneSentenceWhatCannotBeReadOrWritten) {
  const TemporaryFolder folder;
  write_file(folder.path() / "file", "four");
  EXPECT_THAT([&] { read_file(folder.path() / "absent", 10); },
              ThrowsMessage<FileError>(HasSubstr("absent: No such file or directory")));
  EXPECT_THAT([&] { read_file(folder.path(), 10); }, ThrowsMessage<FileError>(HasSubstr("cannot")));
  EXPECT_THAT([&] { read_file(folder.path() / "file", 3); },
              ThrowsMessage<FileError>(HasSubstr("longer than 3 bytes")));
  EXPECT_THAT([&] { write_file(folder.path() / "no" / "file", ""); },
              ThrowsMessage<UserError>(HasSubstr("cannot write")));
  EXPECT_THAT([&] { make_folder(folder.path() / "file" / "below"); },
              ThrowsMessage<UserError>(HasSubstr("cannot make the folder")));
}

/// In a process of its own with a disk of 64 KiB: 0 when the sentence and the clean-up are right,
/// 77 where mounting is not allowed.
int fill_a_small_disk(const fs::path& folder) {
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("none", folder.c_str(), "tmpfs", 0, "size=64k") != 0)
    return 77;
  try {
    write_file(folder / "file", std::string(1 << 20, 'x'));
    return 1;
  } catch (const MachineError& error) {
    const bool said = std::string_view(error.what()).find("no space is left") != std::string::npos;
    return said && fs::is_empty(folder) ? 0 : 2;
  }
}

TEST(Files, CleanUpAndSaySoWhenTheDiskIsFull) {
  const TemporaryFolder folder;
  const pid_t child = ::fork();
  if (child == 0) ::_exit(fill_a_small_disk(folder.path()));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "mounting a small disk is not allowed here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(Files, RemoveLeftoversOfDeadProcessesOnly) {
  const TemporaryFolder folder;
  const fs::path mine = temporary_beside(folder.path() / "mine");
  std::ofstream(mine) << "x";
  const pid_t child = ::fork();
  if (child == 0) {
    std::ofstream(temporary_beside(folder.path() / "theirs")) << "x";
    fs::create_directories(temporary_beside(folder.path() / "folder") / "below");
    ::_exit(0);
  }
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  std::ofstream(folder.path() / ".tmp-odd") << "x";
  std::ofstream(folder.path() / "kept") << "x";
  ASSERT_EQ(folder.entries(), 5u);
  remove_leftovers(folder.path());
  EXPECT_TRUE(fs::exists(mine));
  EXPECT_TRUE(fs::exists(folder.path() / "kept"));
  EXPECT_EQ(folder.entries(), 3u);
}

TEST(Files, GiveEveryTemporaryAnotherName) {
  const fs::path a = temporary_beside("a/b"), b = temporary_beside("a/b");
  EXPECT_NE(a, b);
  EXPECT_TRUE(is_temporary(a));
  EXPECT_FALSE(is_temporary("a/b"));
  EXPECT_EQ(a.parent_path(), "a");
}

}  // namespace
}  // namespace lidit
