#include "encoders/text/gunzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

#include "results/errors.h"

namespace lidit {
namespace {

class Inflater {
 public:
  explicit Inflater(std::string_view bytes) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    constexpr int kGzipAlone = 16;
    if (inflateInit2(&stream_, MAX_WBITS + kGzipAlone) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// zlib's status after filling `chunk`, of which `size` bytes are written.
  int fill(std::span<char> chunk, std::size_t& size) {
    stream_.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream_.avail_out = static_cast<uInt>(chunk.size());
    const int status = inflate(&stream_, Z_NO_FLUSH);
    size = chunk.size() - stream_.avail_out;
    return status;
  }
  std::size_t remaining() const { return stream_.avail_in; }

 private:
  z_stream stream_{};
};

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1F\x8B"); }

std::string gunzip(std::string_view bytes, std::string_view where, std::size_t most) {
  if (bytes.size() > std::numeric_limits<uInt>::max())
    throw FileError(fmt::format("{}: is too large.", where));
  Inflater inflater(bytes);
  std::string contents;
  std::string chunk(std::size_t{1} << 16, '\0');
  for (int status = Z_OK; status != Z_STREAM_END;) {
    std::size_t size = 0;
    status = inflater.fill(chunk, size);
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    if (status != Z_OK && status != Z_STREAM_END)
      throw FileError(fmt::format("{}: is a broken or cut off gzip file.", where));
    if (size > most - contents.size())
      throw FileError(fmt::format("{}: unpacks to more than {} bytes.", where, most));
    contents.append(chunk, 0, size);
  }
  if (inflater.remaining() != 0)
    throw FileError(fmt::format("{}: has {} bytes behind its end.", where, inflater.remaining()));
  return contents;
}

}  // namespace lidit
