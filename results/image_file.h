// Pictures that any program made: PNG or JPEG, told apart by their first bytes, because names lie.
#pragma once
#include <filesystem>
#include <string_view>

#include "results/png.h"

namespace lidit {

/// FileError as decode_png and decode_jpeg, and for what is neither.
Image decode_image(std::string_view bytes, std::string_view where);
Image read_image(const std::filesystem::path& path);

/// No picture comes near this many bytes.
inline constexpr std::uint64_t kImageFileLimit = std::uint64_t{1} << 30;

}  // namespace lidit
