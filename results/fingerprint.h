// The name of a cell: equal fingerprint, equal numbers.
#pragma once
#include <cstdint>
#include <string>

#include "results/fields.h"

namespace lidit {

/// Bumped by hand when a change of code changes numbers that a record would hold.
inline constexpr std::int64_t kNumerics = 5;

/// All that decides the numbers of one cell. Where and when it ran is provenance and stays out.
struct Identity {
  Fields spec;        // resolved, with every default filled in
  std::int64_t seed;  // of data order, noise, initialisation and sampling
  std::string dtype;  // of the computation: "f32", "bf16"
  Fields hashes;      // SHA-256 of what was read: "encoder.0.model", "encoder.0.tokenizer", "data"
  std::int64_t numerics = kNumerics;
};

/// SHA-256 of the canonical JSON of `identity`: 64 hexadecimal digits.
std::string fingerprint(const Identity& identity);

}  // namespace lidit
