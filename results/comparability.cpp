#include "results/comparability.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

namespace lidit {
namespace {

/// What the record's context says, or else what it was asked.
std::string said(const Record& record, std::string_view key) {
  for (const Fields* fields : {&record.context, &record.asked})
    if (const auto found = fields->find(key); found != fields->end()) return to_text(found->second);
  return "not said";
}

/// The switches of a scorer: "legacy.np_num" and the like.
std::string switches(const Record& record) {
  Fields found;
  for (const auto& [key, value] : record.asked)
    if (key.starts_with("legacy.")) found.emplace(key, value);
  return to_json(found);
}

/// What is done to the first token, by any encoder, and all that was asked besides.
std::pair<std::set<std::string>, Fields> part_first_tokens(const Fields& asked) {
  std::pair<std::set<std::string>, Fields> parts;
  for (const auto& [key, value] : asked) {
    if (key.starts_with("encoder.") && key.ends_with(".bos"))  // encoder.bos, encoder.1.bos
      parts.first.insert(to_text(value));
    else
      parts.second.emplace(key, value);
  }
  return parts;
}

/// Why two records may not be compared because of their first token; nothing where it is alike,
/// where one has none, or where it is the very thing that differs.
std::optional<std::string> refuse_first_tokens(const Record& a, const Record& b) {
  const auto [of_a, others_of_a] = part_first_tokens(a.asked);
  const auto [of_b, others_of_b] = part_first_tokens(b.asked);
  if (of_a.empty() || of_b.empty() || of_a == of_b || others_of_a == others_of_b)
    return std::nullopt;
  return fmt::format("'{}' and '{}' differ in the first token (encoder.bos: {} and {}) and in more",
                     a.name, b.name, fmt::join(of_a, " with "), fmt::join(of_b, " with "));
}

/// An id with its caption.
using PromptIdentity = std::pair<std::string, std::string>;

std::set<PromptIdentity> prompts_of(std::span<const Fields> rows, std::string_view measurement) {
  const std::string_view split = measurement.substr(0, measurement.find('.'));
  const bool has_splits =
      std::ranges::any_of(rows, [](const Fields& row) { return row.contains("split"); });
  std::set<PromptIdentity> prompts;
  for (const Fields& row : rows)
    if (!has_splits || get_or<std::string>(row, "split", "") == split)
      prompts.emplace(get<std::string>(row, "id"), get_or<std::string>(row, "caption", ""));
  return prompts;
}

}  // namespace

std::optional<std::string> refuse_comparison(const Record& a, const Record& b) {
  const auto differ = [&](std::string_view plural, const std::string& of_a,
                          const std::string& of_b) -> std::optional<std::string> {
    if (of_a == of_b) return std::nullopt;
    return fmt::format("'{}' and '{}' have different {}: {} and {}", a.name, b.name, plural, of_a,
                       of_b);
  };
  constexpr std::pair<std::string_view, std::string_view> kKeys[] = {
      {"world", "worlds"},
      {"prompts", "prompt sets"},
      {"scorer", "scorers"},
      {"numerics", "versions of the numerics"}};
  for (const auto& [key, plural] : kKeys)
    if (auto reason = differ(plural, said(a, key), said(b, key))) return reason;
  if (auto reason = differ("switches of the scorer", switches(a), switches(b))) return reason;
  return refuse_first_tokens(a, b);
}

std::optional<std::string> refuse_comparison(std::span<const Fields> a, std::span<const Fields> b,
                                             std::string_view measurement) {
  const std::set<PromptIdentity> of_a = prompts_of(a, measurement),
                                 of_b = prompts_of(b, measurement);
  if (of_a == of_b) return std::nullopt;
  const auto shared = std::ranges::count_if(
      of_a, [&](const PromptIdentity& prompt) { return of_b.contains(prompt); });
  return fmt::format("{} is of different prompts: {} and {}, of which {} are the same", measurement,
                     of_a.size(), of_b.size(), shared);
}

}  // namespace lidit
