#include "metrics/alignment/captioned_images.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "metrics/prompts/json_lines.h"
#include "metrics/prompts/text_file.h"

namespace lidit::benchmarks {
namespace {

std::string seed_of(const nlohmann::json& object, std::string_view where) {
  const auto found = object.find("seed");
  if (found == object.end()) return "";
  if (found->is_number_integer()) return found->dump();
  return text_member(object, "seed", where);
}

}  // namespace

std::vector<CaptionedImage> read_captions(const std::filesystem::path& folder) {
  return read_captions_file(folder / "captions.jsonl");
}

std::vector<CaptionedImage> read_captions_file(const std::filesystem::path& path) {
  std::vector<CaptionedImage> images;
  std::set<std::string> ids, files;
  const auto take = [&](const nlohmann::json& object, std::string_view where) {
    CaptionedImage image{.id = "",
                         .caption = text_member(object, "caption", where),
                         .file = text_member(object, "image", where),
                         .seed = seed_of(object, where)};
    image.id = object.contains("id") ? text_member(object, "id", where) : image.file;
    if (!stays_inside(image.file))
      throw FileError(fmt::format("{}: '{}' is no file of this folder", where, image.file));
    if (!ids.insert(image.id).second || !files.insert(image.file).second)
      throw FileError(fmt::format("{}: '{}' is there twice", where, image.id));
    images.push_back(std::move(image));
  };
  for_each_json_line(read_text(path), path.string(), take);
  if (images.empty()) throw FileError(fmt::format("{}: no image", path.string()));
  return images;
}

}  // namespace lidit::benchmarks
