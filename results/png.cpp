#include "results/png.h"

#include <fmt/format.h>
#include <png.h>

#include <memory>
#include <stdexcept>

#include "results/files.h"

namespace lidit {
namespace {

constexpr std::int64_t kLongestSide = 16384;
constexpr std::uint64_t kFileLimit = std::uint64_t{1} << 30;

/// libpng's simplified interface keeps its state and its error message in one struct.
struct Session {
  png_image image{};
  Session() { image.version = PNG_IMAGE_VERSION; }
  ~Session() { png_image_free(&image); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
};

}  // namespace

std::string encode_png(const Image& image) {
  const bool sane = image.width > 0 && image.height > 0 && image.width <= kLongestSide &&
                    image.height <= kLongestSide;
  if (!sane || static_cast<std::int64_t>(image.rgb.size()) != image.width * image.height * 3)
    throw std::logic_error(fmt::format("an image of {} x {} pixels with {} bytes", image.width,
                                       image.height, image.rgb.size()));
  Session session;
  session.image.width = static_cast<png_uint_32>(image.width);
  session.image.height = static_cast<png_uint_32>(image.height);
  session.image.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = 0;
  std::string bytes;
  if (png_image_write_get_memory_size(session.image, size, 0, image.rgb.data(), 0, nullptr)) {
    bytes.resize(size);
    if (png_image_write_to_memory(&session.image, bytes.data(), &size, 0, image.rgb.data(), 0,
                                  nullptr)) {
      bytes.resize(size);
      return bytes;
    }
  }
  throw std::logic_error(fmt::format("libpng refused an image: {}", session.image.message));
}

Image decode_png(std::string_view bytes, std::string_view where) {
  Session session;
  const auto fail = [&](std::string_view reason) -> FileError {
    return FileError(fmt::format("{}: not a readable PNG: {}", where, reason));
  };
  if (!png_image_begin_read_from_memory(&session.image, bytes.data(), bytes.size()))
    throw fail(session.image.message);
  if (session.image.width > kLongestSide || session.image.height > kLongestSide)
    throw fail(fmt::format("{} x {} pixels, the longest side is {}", session.image.width,
                           session.image.height, kLongestSide));
  // A header can claim what the file does not hold: deflate packs at most 1,032 to 1.
  const std::uint64_t pixels = std::uint64_t{session.image.width} * session.image.height;
  if (pixels / 8 / 1032 > bytes.size())
    throw fail(fmt::format("{} x {} pixels cannot be in {} bytes", session.image.width,
                           session.image.height, bytes.size()));
  session.image.format = PNG_FORMAT_RGB;
  Image image{session.image.width, session.image.height, {}};
  image.rgb.resize(static_cast<std::size_t>(pixels) * 3);
  const png_color white{255, 255, 255};
  if (!png_image_finish_read(&session.image, &white, image.rgb.data(), 0, nullptr) ||
      PNG_IMAGE_FAILED(session.image))
    throw fail(session.image.message);
  return image;
}

void write_png(const std::filesystem::path& path, const Image& image) {
  write_file(path, encode_png(image));
}

Image read_png(const std::filesystem::path& path) {
  return decode_png(read_file(path, kFileLimit), path.string());
}

}  // namespace lidit
