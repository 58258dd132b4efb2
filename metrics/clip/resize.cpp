#include "metrics/clip/resize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>

namespace lidit {
namespace {

constexpr int kChannels = 3;
constexpr double kReach = 2;     // of the kernel, in source pixels when it is not stretched
constexpr int kWeightBits = 22;  // of the fixed-point weights

/// Keys' cubic convolution kernel.
double cubic_kernel(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/// What one pixel of the result is made of: pixels begin, begin + 1, ... of the source.
struct Taps {
  std::int64_t begin = 0;
  std::vector<std::int32_t> weights;  // fixed point
};

std::vector<Taps> taps_of(std::int64_t from, std::int64_t to) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double stretch = std::max(scale, 1.0), reach = kReach * stretch;
  std::vector<Taps> all;
  for (std::int64_t i = 0; i < to; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const auto begin = std::max<std::int64_t>(0, static_cast<std::int64_t>(centre - reach + 0.5));
    const auto end = std::min<std::int64_t>(from, static_cast<std::int64_t>(centre + reach + 0.5));
    std::vector<double> exact;
    double sum = 0;
    for (std::int64_t x = begin; x < end; ++x) {
      exact.push_back(cubic_kernel((static_cast<double>(x) - centre + 0.5) * (1 / stretch)));
      sum += exact.back();
    }
    Taps taps{.begin = begin, .weights = {}};
    for (const double weight : exact) {
      const double fixed = weight / sum * (1 << kWeightBits);
      taps.weights.push_back(static_cast<std::int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
    }
    all.push_back(std::move(taps));
  }
  return all;
}

/// The weighted sum of bytes `step` apart, rounded.
std::uint8_t weigh(const std::uint8_t* first, std::ptrdiff_t step, const Taps& taps) {
  std::int32_t sum = 1 << (kWeightBits - 1);
  for (std::size_t k = 0; k < taps.weights.size(); ++k)
    sum += taps.weights[k] * first[static_cast<std::ptrdiff_t>(k) * step];
  return static_cast<std::uint8_t>(std::clamp(sum >> kWeightBits, 0, 255));
}

/// Pixels to leave out before the middle.
std::int64_t margin_before(std::int64_t surplus, HalfPixel half) {
  const bool up = half == HalfPixel::to_even && surplus % 4 == 3;
  return surplus / 2 + (up ? 1 : 0);
}

Image resize_width(const Image& image, std::int64_t width) {
  if (width == image.width) return image;
  Image out{width, image.height, {}};
  out.rgb.reserve(static_cast<std::size_t>(width * image.height * kChannels));
  const std::vector<Taps> taps = taps_of(image.width, width);
  for (std::int64_t y = 0; y < image.height; ++y)
    for (const Taps& tap : taps)
      for (int channel = 0; channel < kChannels; ++channel)
        out.rgb.push_back(
            weigh(image.rgb.data() + (y * image.width + tap.begin) * kChannels + channel, kChannels,
                  tap));
  return out;
}

Image resize_height(const Image& image, std::int64_t height) {
  if (height == image.height) return image;
  Image out{image.width, height, {}};
  const std::int64_t row = image.width * kChannels;
  out.rgb.reserve(static_cast<std::size_t>(row * height));
  for (const Taps& tap : taps_of(image.height, height))
    for (std::int64_t byte = 0; byte < row; ++byte)
      out.rgb.push_back(weigh(image.rgb.data() + tap.begin * row + byte, row, tap));
  return out;
}

}  // namespace

Image resize_bicubic(const Image& image, std::int64_t width, std::int64_t height) {
  if (width < 1 || height < 1)
    throw std::logic_error(fmt::format("a picture of {} x {} pixels", width, height));
  return resize_height(resize_width(image, width), height);
}

Image crop_centre(const Image& image, std::int64_t side, HalfPixel half) {
  if (side > image.width || side > image.height)
    throw std::logic_error(
        fmt::format("{} pixels a side from {} x {}", side, image.width, image.height));
  const std::int64_t left = margin_before(image.width - side, half),
                     top = margin_before(image.height - side, half);
  Image out{side, side, {}};
  for (std::int64_t y = top; y < top + side; ++y) {
    const auto begin = image.rgb.begin() + (y * image.width + left) * kChannels;
    out.rgb.insert(out.rgb.end(), begin, begin + side * kChannels);
  }
  return out;
}

}  // namespace lidit
