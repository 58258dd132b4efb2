#include "encoders/llm/shared_beginnings.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

namespace lidit {
namespace {

std::span<const std::int64_t> prompt_of(std::span<const std::int64_t> ids,
                                        std::span<const std::int64_t> offsets,
                                        std::int64_t prompt) {
  const auto at = static_cast<std::size_t>(prompt);
  return ids.subspan(static_cast<std::size_t>(offsets[at]),
                     static_cast<std::size_t>(offsets[at + 1] - offsets[at]));
}

}  // namespace

SharedBeginnings no_shared_beginnings(std::int64_t prompts) {
  SharedBeginnings none{std::vector<std::int64_t>(static_cast<std::size_t>(prompts)),
                        std::vector<std::int64_t>(static_cast<std::size_t>(prompts))};
  std::iota(none.order.begin(), none.order.end(), 0);
  return none;
}

SharedBeginnings find_shared_beginnings(std::span<const std::int64_t> ids,
                                        std::span<const std::int64_t> offsets) {
  SharedBeginnings found = no_shared_beginnings(std::ssize(offsets) - 1);
  std::ranges::stable_sort(found.order, [&](std::int64_t a, std::int64_t b) {
    return std::ranges::lexicographical_compare(prompt_of(ids, offsets, a),
                                                prompt_of(ids, offsets, b));
  });
  for (std::size_t i = 1; i < found.order.size(); ++i) {
    const auto before = prompt_of(ids, offsets, found.order[i - 1]);
    found.shared[i] =
        std::ranges::mismatch(before, prompt_of(ids, offsets, found.order[i])).in1 - before.begin();
  }
  return found;
}

DistinctTokens distinct_tokens(std::span<const std::int64_t> ids,
                               std::span<const std::int64_t> offsets,
                               const SharedBeginnings& beginnings, std::int64_t first,
                               std::int64_t end) {
  std::vector<std::int64_t> computed, bounds{0}, shared, rows, places;
  std::vector<std::int64_t> seen;  // rows of the prompt before, then of this one
  for (std::int64_t i = first; i < end; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const std::int64_t prompt = beginnings.order[at];
    shared.push_back(i == first ? 0 : beginnings.shared[at]);
    seen.resize(static_cast<std::size_t>(shared.back()));
    for (const std::int64_t id :
         prompt_of(ids, offsets, prompt).subspan(static_cast<std::size_t>(shared.back()))) {
      seen.push_back(std::ssize(computed));
      computed.push_back(id);
    }
    bounds.push_back(std::ssize(computed));
    rows.insert(rows.end(), seen.begin(), seen.end());
    for (std::int64_t place = offsets[static_cast<std::size_t>(prompt)];
         place < offsets[static_cast<std::size_t>(prompt) + 1]; ++place)
      places.push_back(place);
  }
  const bool any = std::ranges::any_of(shared, [](std::int64_t tokens) { return tokens > 0; });
  return {{at::tensor(computed, at::kLong), at::tensor(bounds, at::kLong),
           any ? at::tensor(shared, at::kLong) : Tensor()},
          at::tensor(rows, at::kLong),
          at::tensor(places, at::kLong)};
}

}  // namespace lidit
