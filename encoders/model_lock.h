// The models that can be fetched by name: cmake/models.lock, built into the program.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lidit {

struct LockedModel {
  struct File {
    std::string name, sha256;
    std::int64_t bytes;
  };
  std::string name, licence, title, terms;  // terms: where the licence stands, may be empty
  bool must_accept;                         // the user has to accept the licence before a fetch
  std::vector<File> files;
};

/// Reads the format that is documented on top of cmake/models.lock; throws FileError naming `where`
/// and the line.
std::vector<LockedModel> parse_model_lock(std::string_view text, std::string_view where);

/// The lock of this build.
std::span<const LockedModel> model_lock();

}  // namespace lidit
