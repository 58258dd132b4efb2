// SugarCrepe: captions of photographs with negatives in which two attributes have changed places.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "results/errors.h"

namespace lidit::benchmarks {

/// "A red car by a blue wall." and "A blue car by a red wall.".
struct SwappedCaption {
  std::string caption, negative;
  bool operator==(const SwappedCaption&) const = default;
};

/// As many as were published.
inline constexpr std::int64_t kSwappedAttributes = 666;

/// swap_att.json: {"0": {"filename", "caption", "negative_caption"}, "1": ...}, in the order of the
/// numbers; the texts are exact. FileError naming `where` and the entry for a number that is
/// missing, for a text of blanks alone, for a negative that is its caption, and for no entry.
std::vector<SwappedCaption> parse_swapped_captions(std::string_view text, std::string_view where);

/// Those of `folder`/swap_att.json; FileError when they are not kSwappedAttributes.
std::vector<SwappedCaption> load_swapped_captions(const std::filesystem::path& folder);

}  // namespace lidit::benchmarks
