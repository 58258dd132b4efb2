#include "metrics/prompts/text_file.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "results/files.h"

namespace lidit::benchmarks {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr int kGzipOnly = 16 + MAX_WBITS;  // zlib's way of saying: a gzip header, nothing else

class Inflater {
 public:
  explicit Inflater(std::string_view where) : where_(where) {
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK)
      throw MachineError(fmt::format("{}: no memory to unpack it", where));
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  std::string unpack(std::string_view bytes, std::uint64_t limit) {
    if (bytes.size() > std::numeric_limits<uInt>::max())
      throw FileError(fmt::format("{} is too long for a gzip file", where_));
    // zlib takes a pointer to non-const bytes but does not write to them.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    std::string text;
    std::array<char, 1 << 16> piece;
    for (int state = Z_OK; state != Z_STREAM_END;) {
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = static_cast<uInt>(piece.size());
      state = inflate(&stream_, Z_NO_FLUSH);
      if (state != Z_OK && state != Z_STREAM_END)
        throw FileError(fmt::format("{}: broken or truncated gzip data", where_));
      const std::size_t size = piece.size() - stream_.avail_out;
      if (size > limit - text.size())
        throw FileError(fmt::format("{} unpacks to more than {} bytes", where_, limit));
      text.append(piece.data(), size);
    }
    if (stream_.avail_in != 0)
      throw FileError(fmt::format("{}: bytes follow the end of the gzip data", where_));
    return text;
  }

 private:
  z_stream stream_{};
  std::string where_;
};

}  // namespace

std::string unpack_gzip(std::string_view bytes, std::string_view where, std::uint64_t limit) {
  return Inflater(where).unpack(bytes, limit);
}

std::string read_text(const std::filesystem::path& path, std::uint64_t limit) {
  const std::filesystem::path packed = path.string() + ".gz";
  if (std::filesystem::exists(path) || !std::filesystem::exists(packed))
    return path.extension() == ".gz" ? unpack_gzip(read_file(path, limit), path.string(), limit)
                                     : read_file(path, limit);
  return unpack_gzip(read_file(packed, limit), packed.string(), limit);
}

bool stays_inside(const std::filesystem::path& file) {
  return !file.empty() && file.is_relative() &&
         std::find(file.begin(), file.end(), std::filesystem::path("..")) == file.end();
}

std::vector<Line> split_lines(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<Line> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back({static_cast<std::int64_t>(lines.size()) + 1, line});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace lidit::benchmarks
