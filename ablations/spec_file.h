// One TOML file as it stands there: keys and values checked, nothing combined yet.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ablations/ablation_spec.h"
#include "ablations/schema.h"

namespace lidit {

struct Setting {
  Value value;
  std::string where;  // "quick.toml:12"
};
using Settings = std::map<std::string, Setting, std::less<>>;

struct Axis {
  std::string key;
  std::vector<Value> values;
  std::string where;
};

struct Row {
  RowSpec row;
  Settings settings;
  std::string where;
};

struct SkipRule {
  Settings when;  // all of them must hold
  std::string reason;
};

struct SpecFile {
  std::optional<std::string> extends{};  // the parent, relative to this file
  std::optional<std::string> name{}, title{}, note{};
  std::optional<std::vector<std::int64_t>> seeds{};
  Settings set{};
  std::vector<Axis> axes{};  // in the order of the file
  std::vector<Row> rows{};
  std::vector<SkipRule> skips{};
  std::optional<TableSpec> table{};
  std::vector<FigureSpec> figures{};
};

inline constexpr std::size_t kSpecFileLimit = 256 << 10;  // bytes

/// Reads the text of one file called `where`; SpecError with file and line for every mistake.
SpecFile parse_spec_file(std::string_view text, std::string_view where, const Schema& schema);

/// One override, "key=value": the value as in TOML, or bare text. SpecError that names `option`.
/// "seeds=[0, 1]" stands for the spec's list of seeds; `seed`, which is a cell's own, is refused.
struct Override {
  std::string key;
  Value value;
};
Override parse_override(std::string_view text, const Schema& schema,
                        std::string_view option = "--set");

}  // namespace lidit
