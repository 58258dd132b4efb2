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

/// (N+1) offsets of the prompts in their new order without what they share.
std::vector<std::int64_t> distinct_offsets(std::span<const std::int64_t> offsets,
                                           const SharedBeginnings& beginnings) {
  std::vector<std::int64_t> distinct{0};
  for (std::size_t i = 0; i < beginnings.order.size(); ++i) {
    const auto prompt = static_cast<std::size_t>(beginnings.order[i]);
    distinct.push_back(distinct.back() + offsets[prompt + 1] - offsets[prompt] -
                       beginnings.shared[i]);
  }
  return distinct;
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
                      const SharedBeginnings& beginnings,
                      c10::function_ref<void(const PassStates&)> keep) {
  TORCH_CHECK(batch.offsets.dim() == 1 && batch.offsets.numel() > 0 && batch.offsets.is_cpu() &&
                  !batch.shared.defined() &&
                  std::ssize(beginnings.order) == batch.offsets.numel() - 1,
              "offsets must be (N+1) on the CPU, and prompts whole and in an order of all N, got ",
              batch.offsets.sizes(), " and ", beginnings.order.size(), " in order");
  const Tensor ids = batch.ids.to(at::kCPU).contiguous(), bounds = batch.offsets.contiguous();
  const auto numbers = [](const Tensor& values) {
    return std::span(values.const_data_ptr<std::int64_t>(),
                     static_cast<std::size_t>(values.numel()));
  };
  const std::vector<std::int64_t> computed = distinct_offsets(numbers(bounds), beginnings);
  const std::vector<std::int64_t> passes = cut_into_passes(computed, model.device());
  const std::int64_t workers = passes_at_a_time(computed, passes, model.device());
  std::atomic<std::size_t> next = 1;
  parallel_over(0, workers, 1, [&](std::int64_t, std::int64_t) {
    for (std::size_t pass = next++; pass < passes.size(); pass = next++) {
      const DistinctTokens part = distinct_tokens(numbers(ids), numbers(bounds), beginnings,
                                                  passes[pass - 1], passes[pass]);
      keep({model.encode_packed(part.batch, layers, prefix), part.rows.to(model.device()),
            part.places.to(model.device())});
    }
  });
}

}  // namespace lidit
