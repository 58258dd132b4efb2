#include "encoders/kernels/parallel.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

namespace lidit {
namespace {

std::set<std::thread::id> threads_of_a_loop(int threads) {
  const int before = at::get_num_threads();
  at::set_num_threads(threads);
  std::mutex mutex;
  std::set<std::thread::id> ids;
  parallel_over(0, 8, 1, [&](std::int64_t, std::int64_t) {
    const std::lock_guard lock(mutex);
    ids.insert(std::this_thread::get_id());
  });
  at::set_num_threads(before);
  return ids;
}

TEST(ParallelOver, RunsOnAsManyThreadsAsLibTorchHas) {
  EXPECT_EQ(threads_of_a_loop(2).size(), 2u);
  EXPECT_EQ(threads_of_a_loop(1), std::set{std::this_thread::get_id()});
}

TEST(ParallelOver, VisitsEveryNumberOnce) {
  std::vector<std::atomic<int>> visits(1000);
  parallel_over(10, 1000, 7, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
  });
  for (std::size_t i = 0; i < visits.size(); ++i) EXPECT_EQ(visits[i], i < 10 ? 0 : 1) << i;
  parallel_over(3, 3, 1, [](std::int64_t, std::int64_t) { FAIL() << "there is nothing to do"; });
}

}  // namespace
}  // namespace lidit
