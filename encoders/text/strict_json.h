// JSON from outside: refused are invalid JSON, duplicate keys, and nesting that nobody needs.
#pragma once
#include <nlohmann/json.hpp>
#include <string_view>

namespace lidit {

/// Throws FileError with one sentence that starts with `where`.
nlohmann::json parse_strict_json(std::string_view text, std::string_view where,
                                 int maximum_depth = 32);

}  // namespace lidit
