#include "results/image_file.h"

#include <fmt/format.h>

#include "results/files.h"
#include "results/jpeg.h"

namespace lidit {

Image decode_image(std::string_view bytes, std::string_view where) {
  if (is_jpeg(bytes)) return decode_jpeg(bytes, where);
  if (bytes.starts_with("\x89PNG")) return decode_png(bytes, where);
  throw FileError(fmt::format("{}: neither PNG nor JPEG", where));
}

Image read_image(const std::filesystem::path& path) {
  return decode_image(read_file(path, kImageFileLimit), path.string());
}

}  // namespace lidit
