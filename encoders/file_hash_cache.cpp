#include "encoders/file_hash_cache.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "results/errors.h"
#include "results/fields.h"
#include "results/files.h"
#include "results/hash.h"

namespace lidit {
namespace {

constexpr std::uint64_t kLargestEntry = 1 << 16;

Fields identity_of(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0)
    throw FileError(fmt::format("{}: there is no such file", file.string()));
  return {{"path", file.string()},
          {"inode", static_cast<std::int64_t>(status.st_ino)},
          {"bytes", static_cast<std::int64_t>(status.st_size)},
          {"modified", static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 +
                           status.st_mtim.tv_nsec}};
}

/// The remembered hash, or "" when there is none for this state of the file.
std::string remembered(const std::filesystem::path& entry, Fields identity) {
  if (!std::filesystem::exists(entry)) return "";
  Fields fields = fields_from_json(read_file(entry, kLargestEntry), entry.string());
  const std::string hash = get_or<std::string>(fields, "sha256", "");
  fields.erase("sha256");
  return fields == identity ? hash : "";
}

}  // namespace

std::string cached_sha256(const std::filesystem::path& file, const std::filesystem::path& folder) {
  const std::filesystem::path whole = std::filesystem::absolute(file);
  const std::filesystem::path entry = folder / (sha256_hex(whole.string()).substr(0, 32) + ".json");
  Fields identity = identity_of(whole);
  if (const std::string hash = remembered(entry, identity); !hash.empty()) return hash;
  const std::string hash = hex(sha256_of_file(whole));
  if (identity_of(whole) != identity)
    throw FileError(fmt::format("{} changed while it was read", whole.string()));
  identity["sha256"] = hash;
  make_folder(folder);
  write_file(entry, to_json(identity));
  return hash;
}

}  // namespace lidit
