// Strict reading of JSON, for records and for files from outside alike.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "results/fields.h"

namespace lidit {

/// The document in `text`. FileError naming `where` for broken JSON, nesting deeper than
/// `depth_limit`, and a key that an object has twice.
nlohmann::json parse_json(std::string_view text, std::string_view where, int depth_limit = 32);

/// A scalar or a list of scalars of one kind; FileError naming `where` and `key` for anything else.
Value value_from_json(const nlohmann::json& node, std::string_view where, std::string_view key);
/// A flat object; FileError naming `where` for anything else.
Fields fields_from_json(const nlohmann::json& node, std::string_view where);

/// `text` in double quotes with JSON's escapes; UserError when it is not UTF-8.
std::string quote_json(std::string_view text);
/// The shortest decimal that reads back as `number` and is not an integer's: "3.0", "1e+300".
/// NaN and infinities give "nan", "inf", "-inf" without quotes.
std::string shortest(double number);

/// What shortest wrote of a number that is not finite; empty for any other text.
std::optional<double> non_finite(std::string_view text);

}  // namespace lidit
