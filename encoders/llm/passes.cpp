#include "encoders/llm/passes.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>

#include "encoders/kernels/parallel.h"

namespace lidit {
namespace {

/// Tokens of one pass. On a CPU enough for full speed of the matrix products, few enough that the
/// activations of a block stay in cache and that threads, a pass each, end at about the same time.
constexpr std::int64_t kTokensOfThread = 256, kTokensOfDevice = 512;
constexpr std::int64_t kLeastTokensOfThread = 64;

/// Passes are made for so many threads.
std::int64_t threads_for(std::int64_t rows, c10::Device device) {
  const std::int64_t threads = at::get_num_threads();
  return device.is_cpu() && rows >= threads * kLeastTokensOfThread ? threads : 1;
}

/// How many passes are computed at a time, each by one thread: threads that share a pass wait for
/// each other after every product. They do share it where passes are too few or too uneven.
std::int64_t passes_at_a_time(std::span<const std::int64_t> offsets,
                              std::span<const std::int64_t> passes, c10::Device device) {
  const std::int64_t threads = threads_for(offsets.back(), device);
  if (std::ssize(passes) <= threads) return 1;
  for (std::size_t pass = 1; pass < passes.size(); ++pass)
    if (offsets[passes[pass]] - offsets[passes[pass - 1]] > 2 * kTokensOfThread) return 1;
  return threads;
}

}  // namespace

std::vector<std::int64_t> cut_into_passes(std::span<const std::int64_t> offsets,
                                          c10::Device device) {
  const std::int64_t rows = offsets.back(), threads = threads_for(rows, device),
                     round = threads * (device.is_cpu() ? kTokensOfThread : kTokensOfDevice),
                     passes = threads * std::max<std::int64_t>(1, (rows + round - 1) / round);
  std::vector<std::int64_t> first{0};
  for (std::int64_t pass = 1; pass <= passes; ++pass) {
    const std::int64_t prompt =
        std::ranges::upper_bound(offsets, rows * pass / passes) - offsets.begin() - 1;
    if (prompt > first.back()) first.push_back(prompt);
  }
  return first;
}

void encode_in_passes(const LanguageModel& model, const TokenBatch& batch,
                      std::span<const std::int64_t> layers, const EncodedPrefix& prefix,
                      c10::function_ref<void(std::int64_t, const Tensor&)> keep) {
  TORCH_CHECK(batch.offsets.dim() == 1 && batch.offsets.numel() > 0 && batch.offsets.is_cpu(),
              "offsets must be (N+1) on the CPU, got ", batch.offsets.sizes());
  const Tensor bounds = batch.offsets.contiguous();
  const std::span offsets(bounds.const_data_ptr<std::int64_t>(),
                          static_cast<std::size_t>(bounds.numel()));
  const std::vector<std::int64_t> passes = cut_into_passes(offsets, model.device());
  const std::int64_t workers = passes_at_a_time(offsets, passes, model.device());
  std::atomic<std::size_t> next = 1;
  parallel_over(0, workers, 1, [&](std::int64_t, std::int64_t) {
    for (std::size_t pass = next++; pass < passes.size(); pass = next++) {
      const std::int64_t first = passes[pass - 1], end = passes[pass];
      const std::int64_t row = bounds[first].item<std::int64_t>();
      const TokenBatch part{batch.ids.slice(0, row, bounds[end].item<std::int64_t>()),
                            bounds.slice(0, first, end + 1) - row};
      keep(row, model.encode_packed(part, layers, prefix));
    }
  });
}

}  // namespace lidit
