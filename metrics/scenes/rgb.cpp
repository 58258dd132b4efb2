#include "metrics/scenes/rgb.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "results/errors.h"

namespace lidit::scenes {
namespace {

std::array<std::uint8_t, 3> bytes_of(const Image& image, int y, int x) {
  std::array<std::uint8_t, 3> rgb{};
  for (int channel = 0; channel < 3; ++channel) {
    const float value = std::clamp(image.at(channel, y, x), -1.0f, 1.0f);
    rgb[static_cast<std::size_t>(channel)] =
        static_cast<std::uint8_t>(std::lround((value + 1) * 127.5f));
  }
  return rgb;
}

}  // namespace

lidit::Image to_rgb(const Image& image, int scale) {
  lidit::Image picture{image.width * scale, image.height * scale, {}};
  for (int y = 0; y < image.height * scale; ++y)
    for (int x = 0; x < image.width * scale; ++x) {
      const auto rgb = bytes_of(image, y / scale, x / scale);
      picture.rgb.insert(picture.rgb.end(), rgb.begin(), rgb.end());
    }
  return picture;
}

Image from_rgb(const Preset& preset, const lidit::Image& picture, std::string_view where) {
  Image image{preset.width(), preset.height(), {}};
  const std::int64_t scale = picture.width / image.width;
  if (scale < 1 || picture.width != scale * image.width || picture.height != scale * image.height)
    throw FileError(
        fmt::format("{}: a picture of {}x{} pixels; the world '{}' has {}x{}, or a "
                    "whole multiple of that",
                    where, picture.width, picture.height, preset.name, image.width, image.height));
  image.pixels.assign(static_cast<std::size_t>(3 * image.width * image.height), 0.0f);
  const float unit = 1 / (127.5f * static_cast<float>(scale * scale));
  for (std::int64_t y = 0; y < picture.height; ++y)
    for (std::int64_t x = 0; x < picture.width; ++x)
      for (int channel = 0; channel < 3; ++channel) {
        const auto byte =
            picture.rgb[static_cast<std::size_t>((y * picture.width + x) * 3 + channel)];
        image.at(channel, static_cast<int>(y / scale), static_cast<int>(x / scale)) +=
            (static_cast<float>(byte) - 127.5f) * unit;
      }
  return image;
}

std::string ansi_blocks(const Image& image) {
  const auto code = [](int layer, const std::array<std::uint8_t, 3>& rgb) {
    return fmt::format("\x1b[{};2;{};{};{}m", layer, rgb[0], rgb[1], rgb[2]);
  };
  std::string text;
  for (int y = 0; y < image.height; y += 2) {
    std::string before;  // the codes in force
    for (int x = 0; x < image.width; ++x) {
      const std::string codes = code(38, bytes_of(image, y, x)) +
                                code(48, bytes_of(image, std::min(y + 1, image.height - 1), x));
      text += (codes == before ? "" : codes) + "\xe2\x96\x80";
      before = codes;
    }
    text += "\x1b[0m\n";
  }
  return text;
}

}  // namespace lidit::scenes
