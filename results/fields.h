// Plain values that every layer speaks: settings, provenance and scores.
#pragma once
#include <concepts>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "results/errors.h"

namespace lidit {

using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>,
                           std::vector<double>, std::vector<std::string>>;
/// Dotted keys, sorted: "encoder.layer", "encoder.0.model", "train.steps".
using Fields = std::map<std::string, Value, std::less<>>;

/// A type that a Value can hold.
template <class T>
concept FieldType =
    std::same_as<T, bool> || std::same_as<T, std::int64_t> || std::same_as<T, double> ||
    std::same_as<T, std::string> || std::same_as<T, std::vector<std::int64_t>> ||
    std::same_as<T, std::vector<double>> || std::same_as<T, std::vector<std::string>>;

/// Canonical JSON (sorted keys, shortest round-trip numbers): equal fields give equal bytes.
/// A double always shows that it is one ("3.0"). NaN and infinities are written as the strings
/// "nan", "inf", "-inf", which get<double> reads back. Text that is not UTF-8 is a UserError.
std::string to_json(const Fields& fields);
std::string to_json(const Value& value);
/// Inverse of to_json for one flat object; throws FileError naming `where` for anything else:
/// nested objects, null, a key given twice, a list of mixed kinds.
Fields fields_from_json(std::string_view json, std::string_view where);

/// "3", "0.5", "true", "\"text\"", "[1, 2]": as in a spec file.
std::string to_text(const Value& value);
/// "integer", "number", "text", "true or false", "list of integers", ...
std::string_view kind_name(const Value& value);

/// The value of `key`; throws SpecError when it is absent or of another kind. An integer is read
/// as a double where a double is asked for, an empty list as any list.
template <FieldType T>
T get(const Fields& fields, std::string_view key);
/// The value of `key`, or `fallback` when the key is absent; throws SpecError when it is of another
/// kind.
template <FieldType T>
T get_or(const Fields& fields, std::string_view key, T fallback);

}  // namespace lidit
