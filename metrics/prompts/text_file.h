// Whole text files from outside, plain or gzip, and their lines.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "results/errors.h"

namespace lidit::benchmarks {

/// No prompt set or judge file comes near this many bytes, before or after unpacking.
inline constexpr std::uint64_t kTextLimit = std::uint64_t{1} << 30;

/// The bytes of `path`, or of `path`.gz unpacked when only that is there. FileError when neither
/// can be read, when the gzip data are broken or unpack to more than `limit` bytes.
std::string read_text(const std::filesystem::path& path, std::uint64_t limit = kTextLimit);

/// What the gzip data hold; FileError naming `where` as above.
std::string unpack_gzip(std::string_view bytes, std::string_view where, std::uint64_t limit);

/// Whether `file` is a path below the folder from which it is given: relative, and no step upwards.
bool stays_inside(const std::filesystem::path& file);

/// One line and its number, counted from 1.
struct Line {
  std::int64_t number;
  std::string_view text;
};

/// The lines of `text`, ended by LF or CR LF, without their ends; the last may lack one. A byte
/// order mark at the start is dropped. They are views into `text`.
std::vector<Line> split_lines(std::string_view text);

}  // namespace lidit::benchmarks
