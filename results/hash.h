// SHA-256 (FIPS 180-4) of bytes and of files: names of cells, features and weights.
#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace lidit {

using Digest = std::array<std::uint8_t, 32>;

/// A hash over bytes that come piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(std::string_view bytes);
  /// The digest of all bytes so far; ends the hash.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Digest sha256(std::string_view bytes);
/// Streamed, whatever its size. FileError when it cannot be read.
Digest sha256_of_file(const std::filesystem::path& path);
/// 64 lower-case hexadecimal digits.
std::string hex(const Digest& digest);
/// hex(sha256(bytes)).
std::string sha256_hex(std::string_view bytes);

}  // namespace lidit
