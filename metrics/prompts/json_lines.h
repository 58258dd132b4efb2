// JSON Lines, and checked access to what an object should hold.
#pragma once
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "results/errors.h"

namespace lidit::benchmarks {

/// One object and where it stands ("results.jsonl: line 7").
using TakeObject = std::function<void(const nlohmann::json& object, std::string_view where)>;

/// Hands over the object of each line; lines of nothing but blanks are skipped. FileError naming
/// `where` and the line for broken JSON and for anything that is not an object.
void for_each_json_line(std::string_view text, std::string_view where, const TakeObject& take);

/// The same of a file that is one JSON list of objects ("vqa_result.json: entry 7", from 1), or
/// JSON Lines when it does not begin with '['.
void for_each_json_object(std::string_view text, std::string_view where, const TakeObject& take);

/// The member `key` of `object`; FileError naming `where` when it is absent or of another kind.
const nlohmann::json& member(const nlohmann::json& object, std::string_view key,
                             std::string_view where);
std::string text_member(const nlohmann::json& object, std::string_view key, std::string_view where);
/// A whole number in 0..`most`.
std::int64_t count_member(const nlohmann::json& object, std::string_view key, std::int64_t most,
                          std::string_view where);
/// A list, of texts where the name says so.
const nlohmann::json& list_member(const nlohmann::json& object, std::string_view key,
                                  std::string_view where);
std::vector<std::string> texts_member(const nlohmann::json& object, std::string_view key,
                                      std::string_view where);

/// A finite number, or a text that is one ("0.6900"), in `low`..`high`; FileError naming `where`
/// and `what` it should be. NaN is in no range.
double number_between(const nlohmann::json& node, double low, double high, std::string_view what,
                      std::string_view where);

}  // namespace lidit::benchmarks
