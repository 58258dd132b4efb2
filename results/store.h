// The folder of records: the truth from which every table is made.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/claim.h"
#include "results/record.h"

namespace lidit {

/// A record in the making: a temporary folder beside the place where it will be. What is not
/// committed is removed.
class RecordDraft {
 public:
  RecordDraft(const RecordDraft&) = delete;
  RecordDraft& operator=(const RecordDraft&) = delete;
  ~RecordDraft();

  /// Where the cell puts weights.safetensors, images/ and the like.
  const std::filesystem::path& folder() const { return folder_; }
  /// Writes the record and moves the folder to its place in one step. A record that is done stays
  /// when another process was first, unless `force`; one that failed or was skipped is replaced.
  /// Returns whether this record is now the one in the store.
  bool commit(const Record& record, std::span<const Fields> prompts, bool force = false);

 private:
  friend class RecordStore;
  RecordDraft(std::filesystem::path folder, std::filesystem::path place, std::string fingerprint);
  bool replace();

  std::filesystem::path folder_, place_;
  std::string fingerprint_;
};

/// One folder per record, named by the first 16 digits of its fingerprint. Any number of processes
/// may read and write at once; kill -9 at any moment leaves no half record.
class RecordStore {
 public:
  /// Makes the folder when it is not there and clears what dead processes of this machine left.
  explicit RecordStore(std::filesystem::path folder);

  const std::filesystem::path& folder() const { return folder_; }
  /// Where the record of `fingerprint` is or will be.
  std::filesystem::path place_of(std::string_view fingerprint) const;
  /// The record of `fingerprint`, when there is one; FileError when it is broken.
  std::optional<Record> find(std::string_view fingerprint) const;
  /// The same, with nothing for one that is broken: its cell is to be run again.
  std::optional<Record> find_whole(std::string_view fingerprint) const;
  /// All records that can be read, ordered by fingerprint; a sentence to `broken` for each other.
  std::vector<Record> list(std::vector<std::string>* broken = nullptr) const;
  /// The folder of the one record whose fingerprint begins with `prefix` (at least 4 digits);
  /// UserError when there is none or more than one.
  std::filesystem::path resolve(std::string_view prefix) const;
  /// A new draft for `fingerprint`.
  std::unique_ptr<RecordDraft> draft(std::string_view fingerprint) const;
  /// The right to compute `fingerprint`, or null while another live process has it.
  std::unique_ptr<Claim> claim(std::string_view fingerprint) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace lidit
