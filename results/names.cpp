#include "results/names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace lidit {
namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

/// Insertions, deletions, replacements and swaps of neighbours, letters without case.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last, last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t differs = lower(a[i - 1]) != lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + differs});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::exchange(last, row);
  }
  return last[b.size()];
}

/// A name as it can stand in a sentence: cut when it is long, between two characters of UTF-8.
std::string shorten(std::string_view name) {
  constexpr std::size_t kLongest = 60;
  if (name.size() <= kLongest) return std::string(name);
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
  return std::string(name.substr(0, end)) + "...";
}

}  // namespace

std::string nearest_name(std::string_view name, std::span<const std::string> choices) {
  std::string_view nearest;
  std::size_t least = std::string_view::npos;
  for (const std::string& choice : choices) {
    const std::size_t longer = std::max(name.size(), choice.size());
    const std::size_t slip = std::max<std::size_t>(1, longer / 3);  // more is another word
    if (longer - std::min(name.size(), choice.size()) > slip) continue;
    const std::size_t distance = edit_distance(name, choice);
    if (distance > slip || distance >= longer || distance >= least) continue;
    least = distance;
    nearest = choice;
  }
  return std::string(nearest);
}

std::string unknown_name(std::string_view kind, std::string_view name,
                         std::span<const std::string> choices) {
  const std::string nearest = nearest_name(name, choices);
  const std::string hint = nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest);
  if (choices.empty()) return fmt::format("unknown {} '{}': there are none", kind, shorten(name));
  return fmt::format("unknown {} '{}'{} Choices: {}.", kind, shorten(name),
                     hint.empty() ? "." : hint, fmt::join(choices, ", "));
}

}  // namespace lidit
