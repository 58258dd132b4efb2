// Feature files of one kind, read as one: each prompt's states by the hash of its text.
#pragma once
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "encoders/feature_file.h"
#include "results/hash.h"

namespace lidit {

class FeatureFiles {
 public:
  /// What feature files are called.
  static bool is_feature_file(const std::filesystem::path& path);

  /// Maps one more file; nothing happens when it is known. The first file that holds a prompt
  /// wins. Throws FileError when the file is broken, or of other layers, width, type or prefix than
  /// those before it.
  void take_in(const std::filesystem::path& path);
  bool empty() const { return files_.empty(); }
  bool has(const Digest& prompt) const { return places_.contains(prompt); }
  /// The features of these prompts in this order; all must be there, and one file at least.
  EncoderFeatures read(std::span<const Digest> prompts) const;
  /// K and D of every file; one file at least.
  std::int64_t layers() const;
  std::int64_t width() const;

 private:
  struct Place {
    std::size_t file;
    std::int64_t prompt;
  };
  const EncoderFeatures& first() const;

  std::set<std::filesystem::path> known_;
  std::vector<FeatureFileView> files_;
  std::map<Digest, Place> places_;
};

}  // namespace lidit
