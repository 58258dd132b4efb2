// Between the world's images and 8-bit pictures: files, terminals, other systems' output.
#pragma once
#include <string>

#include "metrics/scenes/draw.h"
#include "metrics/scenes/preset.h"
#include "results/png.h"

namespace lidit::scenes {

/// Every pixel becomes scale x scale pixels; values outside [-1, 1] are clamped first.
lidit::Image to_rgb(const Image& image, int scale = 1);

/// The inverse, for pictures of any system: each of the preset's pixels is the mean over the area
/// that it covers. Throws FileError naming `where` when the picture's sides are not whole multiples
/// of the preset's.
Image from_rgb(const Preset& preset, const lidit::Image& picture, std::string_view where);

/// The image as lines of coloured half blocks (two rows of pixels a line) for terminals with 24-bit
/// colour, each line ended by a reset and a newline.
std::string ansi_blocks(const Image& image);

}  // namespace lidit::scenes
