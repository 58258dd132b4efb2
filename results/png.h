// Pictures as PNG files: 8-bit RGB out, any sane PNG in.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "results/errors.h"

namespace lidit {

/// Rows from the top, pixels from the left, three bytes (red, green, blue) each.
struct Image {
  std::int64_t width = 0, height = 0;
  std::vector<std::uint8_t> rgb;  // height * width * 3

  bool operator==(const Image&) const = default;
};

/// The bytes of a PNG file; equal images give equal bytes. std::logic_error when the sizes and the
/// bytes of `image` do not agree.
std::string encode_png(const Image& image);
/// Grey, palette and 16-bit files become 8-bit RGB; transparent pixels are put on white. FileError
/// naming `where` for a broken file or one of more than 16,384 pixels a side.
Image decode_png(std::string_view bytes, std::string_view where);

void write_png(const std::filesystem::path& path, const Image& image);
Image read_png(const std::filesystem::path& path);

}  // namespace lidit
