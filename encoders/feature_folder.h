// Features that somebody else's encoder has written: `encoder.model = "features:DIR"`.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "encoders/feature_files.h"
#include "encoders/feature_source.h"
#include "encoders/layer_mix.h"

namespace lidit {

/// DIR of "features:DIR"; nothing for any other model.
std::optional<std::filesystem::path> features_folder(std::string_view model);

/// A folder of feature files (feature_file.h), prompts found by the SHA-256 of their text. What the
/// encoder was and what stood before the prompt is whoever's business who wrote them; only the
/// layers can be chosen and mixed, among those that the files hold.
class FeatureFolder : public FeatureSource {
 public:
  /// Throws UserError when there is no such folder, when it holds no feature file, or when one of
  /// `layers` (0.. or -1.. from the end) is not in its files; FileError when a file is broken.
  FeatureFolder(const std::filesystem::path& folder, const std::vector<std::int64_t>& layers,
                LayerMix mix = LayerMix::single);

  /// Throws UserError that names the first prompts which the files lack, and their number.
  FrozenFeatures encode(std::span<const Prompt> prompts) const override;
  std::vector<std::int64_t> widths() const override;
  /// How many hidden states the files hold.
  std::int64_t layers() const { return files_.layers(); }

  /// The feature files of a folder by name; throws as the constructor does.
  static std::vector<std::filesystem::path> paths(const std::filesystem::path& folder);

 private:
  std::filesystem::path folder_;
  FeatureFiles files_;
  std::vector<std::int64_t> layers_;
  LayerMix mix_;
};

}  // namespace lidit
