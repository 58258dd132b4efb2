// Pictures made smaller or larger as Pillow does it, to the bit.
#pragma once
#include <cstdint>

#include "results/png.h"

namespace lidit {

/// Bicubic with a = -0.5 (Keys 1981), stretched by the factor where it makes smaller (antialias),
/// in two passes, columns first, each rounded to 8 bits: Image.resize(size, BICUBIC).
/// std::logic_error for sides below 1.
Image resize_bicubic(const Image& image, std::int64_t width, std::int64_t height);

/// Where half of an odd number of surplus pixels goes: to the pixel before (transformers), or to
/// the even one of both (torchvision, and so OpenCLIP).
enum class HalfPixel { down, to_even };
/// The middle of the picture; std::logic_error when it has not so many pixels a side.
Image crop_centre(const Image& image, std::int64_t side, HalfPixel half);

}  // namespace lidit
