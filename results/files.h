// Files and folders that are there whole or not at all: written beside, flushed, then renamed.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "results/errors.h"
#include "results/file_descriptor.h"

namespace lidit {

/// Writes one file piece by piece under a temporary name; commit() gives it its own. What is not
/// committed is removed. Every failure is one sentence: MachineError when the disk is full or
/// broken, UserError when the path cannot be written.
class FileWriter {
 public:
  explicit FileWriter(std::filesystem::path path);
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;
  void write(std::string_view bytes);
  /// Flushes to the disk and renames over what was there.
  void commit();

 private:
  std::filesystem::path path_, temporary_;
  FileDescriptor file_;
};

/// A whole file at once, by a FileWriter.
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// All bytes of a file; FileError when it is absent, unreadable or longer than `limit` bytes.
std::string read_file(const std::filesystem::path& path, std::uint64_t limit);
/// Hands the bytes of a file over in pieces of at most 1 MiB; FileError as above.
void read_in_pieces(const std::filesystem::path& path,
                    const std::function<void(std::string_view)>& take);

/// The folder itself with all parents; UserError or MachineError when that is impossible.
void make_folder(const std::filesystem::path& folder);

/// A name beside `path` that no other process uses: ".tmp-NAME-MACHINE-PID-NUMBER".
std::filesystem::path temporary_beside(const std::filesystem::path& path);
/// Whether `name` was made by temporary_beside.
bool is_temporary(const std::filesystem::path& path);
/// Removes what processes of this machine that are gone have left under temporary names in
/// `folder`.
void remove_leftovers(const std::filesystem::path& folder);

/// Flushes a folder's own entries, or also every file and folder below it, to the disk.
enum class Flush { own_entries, everything_below };
void flush_folder(const std::filesystem::path& folder, Flush what = Flush::everything_below);

/// Throws what a failed system call on `path` means: `error` is errno, `action` as in "cannot
/// write".
[[noreturn]] void throw_system_error(std::string_view action, const std::filesystem::path& path,
                                     int error);

}  // namespace lidit
