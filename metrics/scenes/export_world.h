// The drawn world as files, for anyone's model or scorer.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "metrics/scenes/world.h"

namespace lidit::scenes {

/// Writes prompts 0..prompts-1 of a split into `folder`:
///   world.json         what the data depend on (World::describe, describe_tests and the settings),
///                      the split, the number of prompts
///   images/NNNNNN.png  the drawn picture, each of the world's pixels scale x scale pixels large;
///                      none at scale 0
///   captions.jsonl     a line a prompt: index, image, caption, split, structure, category, set,
///                      rotation, claims, relations, scene
/// captions.jsonl comes last: where it is, the rest is. Throws UserError when it is there already
/// or when the split has fewer prompts.
void export_world(const World& world, std::string_view split, std::int64_t prompts,
                  const std::filesystem::path& folder, int scale = 1);

/// "images/000007.png"
std::string image_name(std::int64_t index);

/// A prompt's line of captions.jsonl, without the newline.
std::string to_json(const Preset& preset, std::string_view split, std::int64_t index,
                    const Example& example);

}  // namespace lidit::scenes
