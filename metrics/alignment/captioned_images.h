// Folders in which captions.jsonl says what each image shows: as `lidit world export` writes them,
// and as any other program can.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "results/errors.h"

namespace lidit::benchmarks {

struct CaptionedImage {
  std::string id;       // "id", or else the file
  std::string caption;  // exact
  std::string file;     // from the folder
  std::string seed{};   // empty where it is not known
};

/// The lines {"image": file, "caption": text} of captions.jsonl, with "id" and "seed" where they
/// are known; what else they hold is let be. FileError for a folder or file that is not there, for
/// broken lines, for ids and files that come twice and for files outside of the folder. Whether the
/// images are there is not looked at.
std::vector<CaptionedImage> read_captions(const std::filesystem::path& folder);
/// The same from a file of another name or place.
std::vector<CaptionedImage> read_captions_file(const std::filesystem::path& path);

}  // namespace lidit::benchmarks
