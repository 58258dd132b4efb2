#include "results/store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "results/files.h"

namespace lidit {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kDigits = 16;

bool is_hexadecimal(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == text.npos;
}

bool is_record_folder(const fs::path& path) {
  const std::string name = path.filename();
  return name.size() == kDigits && is_hexadecimal(name);
}

/// Whether `place` holds a record worth keeping.
bool holds_done_record(const fs::path& place) {
  try {
    return read_record(place).status == Status::done;
  } catch (const FileError&) {
    return false;  // broken: the new one is better
  }
}

std::vector<fs::path> record_folders(const fs::path& folder) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(folder))
    if (is_record_folder(entry.path())) folders.push_back(entry.path());
  std::ranges::sort(folders);
  return folders;
}

}  // namespace

RecordDraft::RecordDraft(fs::path folder, fs::path place, std::string fingerprint)
    : folder_(std::move(folder)), place_(std::move(place)), fingerprint_(std::move(fingerprint)) {
  make_folder(folder_);
}

RecordDraft::~RecordDraft() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

bool RecordDraft::commit(const Record& record, std::span<const Fields> prompts, bool force) {
  if (record.fingerprint != fingerprint_)
    throw std::logic_error(
        fmt::format("a draft for {} was given the record of {}", fingerprint_, record.fingerprint));
  write_record(folder_, record, prompts);
  flush_folder(folder_);
  while (::rename(folder_.c_str(), place_.c_str()) != 0) {
    if (errno != ENOTEMPTY && errno != EEXIST) throw_system_error("cannot write", place_, errno);
    if (!force && holds_done_record(place_)) return false;
    if (replace()) break;
  }
  flush_folder(place_.parent_path(), Flush::own_entries);
  return true;
}

/// Swaps the draft and the record that is there; the old one leaves with the draft. False when the
/// place has become free meanwhile.
bool RecordDraft::replace() {
  if (::renameat2(AT_FDCWD, folder_.c_str(), AT_FDCWD, place_.c_str(), RENAME_EXCHANGE) == 0)
    return true;
  if (errno == ENOENT) return false;
  if (errno != EINVAL && errno != ENOSYS) throw_system_error("cannot replace", place_, errno);
  const fs::path aside = temporary_beside(place_);  // the file system cannot swap
  if (::rename(place_.c_str(), aside.c_str()) != 0 && errno != ENOENT)
    throw_system_error("cannot replace", place_, errno);
  std::error_code ignored;
  fs::remove_all(aside, ignored);
  return false;
}

RecordStore::RecordStore(fs::path folder) : folder_(std::move(folder)) {
  make_folder(folder_);
  remove_leftovers(folder_);
}

fs::path RecordStore::place_of(std::string_view fingerprint) const {
  if (fingerprint.size() != 64 || !is_hexadecimal(fingerprint))
    throw std::logic_error(fmt::format("not a fingerprint: '{}'", fingerprint));
  return folder_ / fingerprint.substr(0, kDigits);
}

std::optional<Record> RecordStore::find(std::string_view fingerprint) const {
  const fs::path place = place_of(fingerprint);
  if (!fs::exists(place)) return std::nullopt;
  Record record = read_record(place);
  if (record.fingerprint != fingerprint)
    throw FileError(
        fmt::format("{} holds the record of another cell, {}", place.string(), record.fingerprint));
  return record;
}

std::optional<Record> RecordStore::find_whole(std::string_view fingerprint) const {
  try {
    return find(fingerprint);
  } catch (const FileError&) {
    return std::nullopt;
  }
}

std::vector<Record> RecordStore::list(std::vector<std::string>* broken) const {
  std::vector<Record> records;
  for (const fs::path& folder : record_folders(folder_)) {
    try {
      records.push_back(read_record(folder));
    } catch (const FileError& error) {
      if (broken) broken->emplace_back(error.what());
    }
  }
  return records;
}

fs::path RecordStore::resolve(std::string_view prefix) const {
  const std::string_view digits = prefix.substr(0, kDigits);
  std::vector<fs::path> found;
  if (prefix.size() >= 4 && prefix.size() <= 64 && is_hexadecimal(prefix)) {
    for (const fs::path& folder : record_folders(folder_))
      if (folder.filename().string().starts_with(digits)) found.push_back(folder);
  }
  if (found.size() == 1) return found.front();
  throw UserError(fmt::format("{} record in {} begins with '{}' (4 to 64 hexadecimal digits)",
                              found.empty() ? "no" : "more than one", folder_.string(), prefix));
}

std::unique_ptr<RecordDraft> RecordStore::draft(std::string_view fingerprint) const {
  const fs::path place = place_of(fingerprint);
  return std::unique_ptr<RecordDraft>(
      new RecordDraft(temporary_beside(place), place, std::string(fingerprint)));
}

std::unique_ptr<Claim> RecordStore::claim(std::string_view fingerprint) const {
  return Claim::take(place_of(fingerprint).string() + ".claim");
}

}  // namespace lidit
