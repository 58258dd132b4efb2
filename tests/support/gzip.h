// Text as a gzip file (RFC 1952).
#pragma once
#include <zlib.h>

#include <string>
#include <string_view>

namespace lidit {

/// Empty when zlib cannot.
inline std::string gzip_of(std::string_view text) {
  z_stream stream{};
  constexpr int kBestCompression = 9, kGzip = 16, kMemoryLevel = 8;
  if (deflateInit2(&stream, kBestCompression, Z_DEFLATED, MAX_WBITS + kGzip, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    return "";
  std::string bytes(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  deflate(&stream, Z_FINISH);
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

}  // namespace lidit
