// Frozen features on disk: computed once, reused by every cell, seed and epoch, and shared by
// processes that run at the same time.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "encoders/feature_files.h"
#include "encoders/llm/prompt_encoder.h"
#include "results/byte_lock.h"
#include "results/fields.h"
#include "results/hash.h"

namespace lidit {

/// Bumped by hand when a change of code changes the features of a prompt.
inline constexpr std::int64_t kFeatureNumerics = 4;

struct FeatureStoreOptions {
  std::filesystem::path folder;              // of all stores, one folder each below it
  Fields key;                                // what decides the features besides the prompt
  std::int64_t limit_bytes = 4'000'000'000;  // of everything below `folder`
  std::int64_t tokens_per_file = 8192;       // about what a killed process loses at most
};

/// The files of one key: FOLDER/HASH-OF-KEY/ with key.json, a lock, and feature files that hold
/// each prompt once. Files are added whole and never changed, only under the lock; which prompts
/// are being computed is told by claims.
class FeatureStore {
 public:
  /// Makes the folder. Throws FileError when it belongs to another key.
  explicit FeatureStore(FeatureStoreOptions options);

  const std::filesystem::path& folder() const { return folder_; }
  const FeatureStoreOptions& options() const { return options_; }
  /// Takes in files that this or another process has added. Throws FileError on a broken one.
  void refresh();
  bool empty() const { return files_.empty(); }
  bool has(const Digest& prompt) const { return files_.has(prompt); }
  /// The features of these prompts in this order; all must be there.
  EncoderFeatures read(std::span<const Digest> prompts) const { return files_.read(prompts); }

  /// Throws UserError when `bytes` more would exceed the limit.
  void require_room(std::int64_t bytes) const;
  /// Held while files are added.
  struct Lock {
    ByteLock held;
  };
  /// Waits until no other process or thread adds files; what killed ones left half is removed.
  Lock lock() const;
  void add(const FeatureFile& file, const Lock& lock);

  /// Held while the features of these prompts are computed, so that others leave them alone.
  struct Claim {
    ByteLock held;
  };
  /// Nothing while another one holds it.
  std::optional<Claim> try_claim(std::span<const Prompt> prompts) const;
  /// Waits for it.
  Claim claim(std::span<const Prompt> prompts) const;

 private:
  FeatureStoreOptions options_;
  std::filesystem::path folder_;
  FeatureFiles files_;
};

/// An encoder behind its store: only prompts that are not stored yet are computed.
class StoredSource : public FeatureSource {
 public:
  StoredSource(std::shared_ptr<const PromptEncoder> encoder, FeatureStoreOptions options);
  FrozenFeatures encode(std::span<const Prompt> prompts) const override;
  std::vector<std::int64_t> widths() const override { return encoder_->widths(); }

 private:
  void fill(const std::vector<Prompt>& prompts) const;
  void fill_part(std::span<const Prompt> part) const;
  std::vector<Prompt> missing_of(std::span<const Prompt> prompts) const;

  std::shared_ptr<const PromptEncoder> encoder_;
  mutable std::mutex mutex_;
  mutable FeatureStore store_;
};

}  // namespace lidit
