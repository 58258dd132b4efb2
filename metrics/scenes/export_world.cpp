#include "metrics/scenes/export_world.h"

#include <fmt/format.h>

#include "metrics/scenes/rgb.h"
#include "results/errors.h"
#include "results/fields.h"
#include "results/files.h"
#include "results/png.h"

namespace lidit::scenes {
namespace {

std::string json_text(std::string_view text) { return lidit::to_json(Value{std::string(text)}); }

}  // namespace

std::string image_name(std::int64_t index) { return fmt::format("images/{:06}.png", index); }

std::string to_json(const Preset& preset, std::string_view split, std::int64_t index,
                    const Example& example) {
  const Caption& caption = example.caption;
  return fmt::format(
      "{{\"index\": {}, \"image\": {}, \"caption\": {}, \"split\": {}, \"structure\": {}, "
      "\"category\": {}, \"set\": {}, \"rotation\": {}, \"claims\": {}, \"relations\": {}, "
      "\"scene\": {}}}",
      index, json_text(image_name(index)), json_text(caption.text), json_text(split),
      json_text(caption.structure), json_text(name(caption.category)), example.set,
      example.rotation, to_json(preset, caption.claims), to_json(caption.relations),
      to_json(preset, example.scene));
}

void export_world(const World& world, std::string_view split, std::int64_t prompts,
                  const std::filesystem::path& folder, int scale) {
  if (prompts < 1 || scale < 0)
    throw UserError(fmt::format(
        "an export has at least one prompt, at scale 0 or more; not {} at {}", prompts, scale));
  world.example(split, prompts - 1);  // throws when the split has not so many
  const auto captions = folder / "captions.jsonl";
  if (std::filesystem::exists(captions))
    throw UserError(fmt::format("{} is there already; choose an empty folder", captions.string()));
  make_folder(folder / "images");
  const WorldSettings& settings = world.settings();
  write_file(folder / "world.json",
             lidit::to_json(Fields{{"world", world.describe()},
                                   {"tests", world.describe_tests()},
                                   {"preset", settings.preset},
                                   {"seed", fmt::format("{}", settings.seed)},
                                   {"fold", std::int64_t{settings.fold}},
                                   {"split", std::string(split)},
                                   {"prompts", prompts},
                                   {"scale", std::int64_t{scale}}}) +
                 "\n");
  std::string lines;
  for (std::int64_t index = 0; index < prompts; ++index) {
    const Example example = world.example(split, index);
    if (scale > 0) write_png(folder / image_name(index), to_rgb(world.draw(example.scene), scale));
    lines += to_json(world.preset(), split, index, example) + "\n";
  }
  write_file(captions, lines);
}

}  // namespace lidit::scenes
