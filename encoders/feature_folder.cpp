#include "encoders/feature_folder.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "results/errors.h"

namespace lidit {
namespace {

constexpr std::string_view kScheme = "features:";
constexpr std::size_t kPromptsNamed = 3, kLettersShown = 60;

std::string shortened(const std::string& text) {
  return text.size() <= kLettersShown ? text : text.substr(0, kLettersShown) + "...";
}

}  // namespace

std::optional<std::filesystem::path> features_folder(std::string_view model) {
  if (!model.starts_with(kScheme)) return std::nullopt;
  return std::filesystem::path(model.substr(kScheme.size()));
}

std::vector<std::filesystem::path> FeatureFolder::paths(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder))
    throw UserError(fmt::format("features:{0}: there is no folder {0}", folder.string()));
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (FeatureFiles::is_feature_file(entry.path())) found.push_back(entry.path());
  if (found.empty())
    throw UserError(
        fmt::format("features:{0}: {0} holds no .safetensors file; `lidit encode` writes them, and "
                    "encoders/README.md has an example in Python",
                    folder.string()));
  std::ranges::sort(found);
  return found;
}

FeatureFolder::FeatureFolder(const std::filesystem::path& folder,
                             const std::vector<std::int64_t>& layers, LayerMix mix)
    : folder_(folder), mix_(mix) {
  for (const auto& path : paths(folder)) files_.take_in(path);
  const std::int64_t count = files_.layers();
  for (const std::int64_t layer : layers) {
    if (layer < -count || layer >= count)
      throw UserError(
          fmt::format("layer {} does not exist: the files in {} hold {} layer{}, counted from 0, "
                      "or from -1 at the end",
                      layer, folder.string(), count, count == 1 ? "" : "s"));
    layers_.push_back(layer < 0 ? layer + count : layer);
  }
}

std::vector<std::int64_t> FeatureFolder::widths() const {
  return {mixed_width(mix_, std::ssize(layers_), files_.width())};
}

FrozenFeatures FeatureFolder::encode(std::span<const Prompt> prompts) const {
  std::vector<Digest> digests;
  std::vector<std::string> missing;
  for (const Prompt& prompt : prompts) {
    digests.push_back(sha256(prompt.text));
    if (!files_.has(digests.back()))
      missing.push_back(fmt::format("\"{}\"", shortened(prompt.text)));
  }
  if (!missing.empty()) {
    const std::size_t named = std::min(missing.size(), kPromptsNamed);
    throw UserError(fmt::format(
        "features:{} lacks {} of {} prompts: {}{}; `lidit world export` writes the captions of a "
        "preset",
        folder_.string(), missing.size(), prompts.size(),
        fmt::join(missing.begin(), missing.begin() + static_cast<std::ptrdiff_t>(named), ", "),
        named < missing.size() ? ", ..." : ""));
  }
  EncoderFeatures features = files_.read(digests);
  const Tensor chosen = at::tensor(layers_, at::kLong);
  features.layers = mix_layers(features.layers.index_select(0, chosen), mix_);
  features.prefix = mix_layers(features.prefix.index_select(0, chosen), mix_);
  return {features};
}

}  // namespace lidit
