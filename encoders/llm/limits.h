// What a config from outside may claim at most: far above any published model, far below what
// would overflow a product of four of them.
#pragma once
#include <cstdint>

namespace lidit {

inline constexpr std::int64_t kMaximumVocabulary = 1 << 22;
inline constexpr std::int64_t kMaximumWidth = 1 << 17;
inline constexpr std::int64_t kMaximumDepth = 1 << 10;
inline constexpr std::int64_t kMaximumHeads = 1 << 10;
inline constexpr std::int64_t kMaximumContext = 1 << 24;

}  // namespace lidit
