// Keyed randomness: Philox4x32-10 (Salmon et al., SC 2011). A draw is a function of (seed, stream,
// step, index) alone, so it does not depend on threads, on resumption or on what else was drawn.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace lidit {

/// 64-bit FNV-1a: the number of a stream from its name.
std::uint64_t stream_id(std::string_view name);

class Philox {
 public:
  /// Draws number `step` of the stream called `stream` under `seed`.
  Philox(std::uint64_t seed, std::string_view stream, std::uint64_t step = 0);

  std::uint32_t next();                      // uniform over 32 bits
  double uniform();                          // in [0, 1), 53 bits
  double normal();                           // mean 0, variance 1 (Box-Muller)
  std::uint64_t below(std::uint64_t bound);  // uniform over 0..bound-1 without bias; bound > 0
  std::vector<std::int64_t> permutation(std::int64_t n);
  void fill_uniform(std::span<float> out);  // in [0, 1), 24 bits
  void fill_normal(std::span<float> out);

  /// The raw generator: ten rounds over a 128-bit counter under a 64-bit key (known answers exist).
  static std::array<std::uint32_t, 4> block(std::array<std::uint32_t, 4> counter,
                                            std::array<std::uint32_t, 2> key);

 private:
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> buffer_{};
  int used_ = 4;
  bool has_spare_ = false;
  double spare_ = 0;
};

}  // namespace lidit
