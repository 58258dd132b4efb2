// Which keys a spec may have. The harness hands it in: ablations know no strategy.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/fields.h"

namespace lidit {

/// The kinds of values, in the order of Value's alternatives.
enum class Kind { boolean, integer, number, text, integers, numbers, texts };

/// One key of a spec: everything that is to be known about it, in one place.
struct KeySpec {
  /// "train.steps". In "metrics.*.command" the star stands for a name that the spec gives:
  /// lower-case letters, digits, - and _, at most 40 of them.
  std::string name;
  Kind kind;
  std::optional<Value> default_value{};         // without one the key may be absent
  std::vector<std::string> choices{};           // of a text, or of each text in a list; empty: any
  std::optional<double> at_least{}, at_most{};  // of a number, or of each number in a list
  std::string doc{};                            // one line for `list keys`
  /// encoder.layer may also be given for one encoder: encoder.0.layer, encoder.1.layer, ...
  bool indexed = false;
};

/// The keys of all specs. A number that is not finite is refused everywhere.
class Schema {
 public:
  /// std::logic_error when a key is there twice or a default is no legal value.
  explicit Schema(std::vector<KeySpec> keys);

  const std::vector<KeySpec>& keys() const { return keys_; }
  /// The spec of "train.steps", "encoder.layer", "encoder.1.layer" or "metrics.mine.command";
  /// SpecError that begins with `where` and names the nearest keys when there is none.
  const KeySpec& find(std::string_view key, std::string_view where) const;
  /// `value` in the key's own kind (an integer becomes a number where one is wanted); SpecError
  /// that begins with `where` and says key, value and what is allowed.
  Value check(std::string_view key, Value value, std::string_view where) const;
  /// Adds the default of every key that is absent; of starred ones, for the names that are there.
  void fill_defaults(Fields& settings) const;

 private:
  std::vector<std::string> neighbours(std::string_view key) const;

  std::vector<KeySpec> keys_;  // ordered by name
};

/// What may stand there: "an integer, at least 1", "one of full, causal".
std::string describe(const KeySpec& key);

}  // namespace lidit
