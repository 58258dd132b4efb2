#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace lidit {

bool is_gzip(std::string_view bytes);
/// The contents of one gzip file (RFC 1952). Throws FileError, beginning with `where`, when it is
/// broken, followed by anything, or larger than `most` bytes: no memory beyond that is taken.
std::string gunzip(std::string_view bytes, std::string_view where, std::size_t most);

}  // namespace lidit
