#include "results/byte_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "results/errors.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

TEST(ByteLock, IsHeldByOneAtATimeAndByteByByte) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "lock";
  {
    const ByteLock first = ByteLock::wait(path, 7);
    EXPECT_FALSE(ByteLock::try_now(path, 7));
    EXPECT_TRUE(ByteLock::try_now(path, 8));
    EXPECT_TRUE(ByteLock::try_now(path, std::int64_t{1} << 60));
  }
  EXPECT_TRUE(ByteLock::try_now(path, 7));
}

TEST(ByteLock, MovesWithItsObject) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "lock";
  std::optional<ByteLock> held = ByteLock::try_now(path, 0);
  const ByteLock moved = std::move(*held);
  held.reset();
  EXPECT_FALSE(ByteLock::try_now(path, 0));
}

TEST(ByteLock, OfAKilledProcessIsFree) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "lock";
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t other = fork();
  if (other == 0) {
    const ByteLock held = ByteLock::wait(path, 0);
    _exit(write(ends[1], "x", 1) == 1 ? pause() : 1);
  }
  char byte = 0;
  ASSERT_EQ(read(ends[0], &byte, 1), 1);
  EXPECT_FALSE(ByteLock::try_now(path, 0));
  kill(other, SIGKILL);
  waitpid(other, nullptr, 0);
  EXPECT_TRUE(ByteLock::try_now(path, 0));
}

TEST(ByteLock, SaysWhichFileCannotBeOpened) {
  const TemporaryFolder folder;
  EXPECT_THAT([&] { ByteLock::wait(folder.path() / "none" / "lock", 0); },
              testing::ThrowsMessage<UserError>(testing::HasSubstr("none/lock")));
}

}  // namespace
}  // namespace lidit
