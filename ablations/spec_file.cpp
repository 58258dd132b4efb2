#include "ablations/spec_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/errors.h"
#include "results/names.h"

// The TOML library asserts where it should report ("[?"), and without asserts it goes on into
// undefined behaviour: its assertions throw instead.
namespace {
[[noreturn]] void throw_broken_toml() {
  throw lidit::SpecError("the TOML is broken in a way that has no name");
}
}  // namespace
#undef NDEBUG
#define TOML_ASSERT(condition) ((condition) ? void() : throw_broken_toml())
#define TOML_MAX_NESTED_VALUES 16
#include <toml++/toml.h>

namespace lidit {
namespace {

// Dotted keys nest, and nested tables are freed recursively.
constexpr std::size_t kDotsPerLine = 128;
constexpr int kDepthLimit = 8;

/// Position of a TOML node in words, and mistakes that begin with it.
class Places {
 public:
  explicit Places(std::string_view file) : file_(file) {}
  std::string of(const toml::node& node) const {
    return fmt::format("{}:{}", file_, node.source().begin.line);
  }
  [[noreturn]] void fail(const toml::node& node, std::string_view sentence) const {
    throw SpecError(fmt::format("{}: {}", of(node), sentence));
  }

 private:
  std::string_view file_;
};

template <class T>
std::optional<Value> list_of(const toml::array& array) {
  std::vector<T> list;
  for (const toml::node& element : array) {
    if (!element.is<T>()) return std::nullopt;
    list.push_back(*element.value<T>());
  }
  return list;
}

/// Scalars and lists of one kind (integers among numbers are numbers); nothing for other nodes.
std::optional<Value> value_of(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* integer = node.as_integer()) return integer->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* text = node.as_string()) return text->get();
  const toml::array* array = node.as_array();
  if (!array) return std::nullopt;
  if (auto list = list_of<std::int64_t>(*array)) return list;  // also the empty one
  if (auto list = list_of<std::string>(*array)) return list;
  std::vector<double> numbers;
  for (const toml::node& element : *array) {
    if (!element.is_number()) return std::nullopt;
    numbers.push_back(*element.value<double>());
  }
  return numbers;
}

/// Calls visit(dotted key, node) for every entry below `table` that is no table itself.
template <class Visit>
void flatten(const toml::table& table, const Places& places, const Visit& visit,
             const std::string& prefix = "", int depth = 0) {
  if (depth > kDepthLimit) places.fail(table, "keys are nested too deeply");
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const toml::table* below = node.as_table())
      flatten(*below, places, visit, name + ".", depth + 1);
    else
      visit(name, node);
  }
}

class Reader {
 public:
  Reader(std::string_view file, const Schema& schema) : places_(file), schema_(schema) {}

  SpecFile read(const toml::table& root) const {
    expect_keys(
        root, {"extends", "name", "title", "note", "seeds", "set", "axes", "row", "skip", "table"});
    SpecFile file;
    file.extends = optional_text(root, "extends");
    file.name = optional_text(root, "name");
    file.title = optional_text(root, "title");
    file.note = optional_text(root, "note");
    if (const toml::node* seeds = root.get("seeds")) file.seeds = read_seeds(*seeds);
    if (const toml::node* set = root.get("set")) file.set = settings(table_of(*set));
    if (const toml::node* axes = root.get("axes")) file.axes = read_axes(table_of(*axes));
    for (const toml::table* row : tables_of(root, "row")) file.rows.push_back(read_row(*row));
    for (const toml::table* skip : tables_of(root, "skip")) file.skips.push_back(read_skip(*skip));
    if (const toml::node* table = root.get("table")) file.table = read_table(table_of(*table));
    return file;
  }

 private:
  void expect_keys(const toml::table& table, const std::vector<std::string>& known) const {
    for (const auto& [key, node] : table)
      if (std::ranges::find(known, key.str()) == known.end())
        places_.fail(node, unknown_name("key", key.str(), known));
  }

  const toml::table& table_of(const toml::node& node) const {
    if (!node.is_table()) places_.fail(node, "a table is wanted here");
    return *node.as_table();
  }

  std::vector<const toml::table*> tables_of(const toml::table& root, std::string_view key) const {
    std::vector<const toml::table*> tables;
    const toml::node* node = root.get(key);
    if (!node) return tables;
    if (!node->is_array_of_tables())
      places_.fail(*node, fmt::format("write [[{}]], a list of tables", key));
    for (const toml::node& element : *node->as_array()) tables.push_back(element.as_table());
    return tables;
  }

  std::optional<std::string> optional_text(const toml::table& table, std::string_view key) const {
    const toml::node* node = table.get(key);
    if (!node) return std::nullopt;
    if (!node->is_string()) places_.fail(*node, fmt::format("'{}' should be a text", key));
    return node->as_string()->get();
  }

  std::string text(const toml::table& table, std::string_view key) const {
    auto found = optional_text(table, key);
    if (!found || found->empty()) places_.fail(table, fmt::format("a text '{}' is wanted", key));
    return *std::move(found);
  }

  Value value(const toml::node& node, std::string_view key) const {
    auto found = value_of(node);
    if (!found)
      places_.fail(node,
                   fmt::format("'{}' should be true, false, an integer, a number, a text or a "
                               "list of one kind",
                               key));
    return *std::move(found);
  }

  /// All settings of a table; in a [[row]] `label` and `paper` are something else.
  Settings settings(const toml::table& table, bool is_row = false) const {
    Settings all;
    flatten(table, places_, [&](const std::string& key, const toml::node& node) {
      if (is_row && (key == "label" || key.starts_with("paper."))) return;
      const std::string where = places_.of(node);
      Value checked = schema_.check(key, value(node, key), where);
      if (!all.emplace(key, Setting{std::move(checked), where}).second)
        places_.fail(node, fmt::format("'{}' is given twice", key));
    });
    return all;
  }

  std::vector<std::int64_t> read_seeds(const toml::node& node) const {
    auto list = value_of(node);
    const auto* seeds = list ? std::get_if<std::vector<std::int64_t>>(&*list) : nullptr;
    if (!seeds) places_.fail(node, "'seeds' should be a list of integers");
    return *seeds;
  }

  std::vector<Axis> read_axes(const toml::table& table) const {
    std::vector<std::pair<toml::source_position, Axis>> found;
    flatten(table, places_, [&](const std::string& key, const toml::node& node) {
      Axis axis{key, {}, places_.of(node)};
      if (!node.is_array() || node.as_array()->empty())
        places_.fail(node, fmt::format("the axis '{}' should be a list of values", key));
      for (const toml::node& element : *node.as_array())
        axis.values.push_back(schema_.check(key, value(element, key), axis.where));
      found.emplace_back(node.source().begin, std::move(axis));
    });
    // The library orders by name; the order of the file is the order of the table.
    std::ranges::stable_sort(found, [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Axis> axes;
    for (auto& [position, axis] : found) {
      for (const Axis& other : axes)
        if (other.key == axis.key)
          throw SpecError(fmt::format("{}: the axis '{}' is given twice", axis.where, axis.key));
      axes.push_back(std::move(axis));
    }
    return axes;
  }

  Row read_row(const toml::table& table) const {
    Row row{{text(table, "label"), {}}, {}, places_.of(table)};
    if (const toml::node* paper = table.get("paper")) {
      flatten(table_of(*paper), places_, [&](const std::string& key, const toml::node& node) {
        if (!node.is_number() || !std::isfinite(*node.value<double>()))
          places_.fail(node, fmt::format("the paper's '{}' should be a number", key));
        row.row.paper[key] = *node.value<double>();
      });
    }
    row.settings = settings(table, true);
    return row;
  }

  SkipRule read_skip(const toml::table& table) const {
    expect_keys(table, {"when", "reason"});
    const toml::node* when = table.get("when");
    if (!when) places_.fail(table, "a [[skip]] needs 'when'");
    SkipRule rule{settings(table_of(*when)), text(table, "reason")};
    if (rule.when.empty()) places_.fail(*when, "'when' is empty, which would skip everything");
    return rule;
  }

  TableSpec read_table(const toml::table& table) const {
    expect_keys(table, {"columns", "reference"});
    TableSpec spec;
    spec.reference = optional_text(table, "reference").value_or("");
    const toml::node* columns = table.get("columns");
    if (!columns || !columns->is_array())
      places_.fail(table, "a [table] needs 'columns', a list of measurements");
    for (const toml::node& node : *columns->as_array()) spec.columns.push_back(read_column(node));
    return spec;
  }

  /// "name", or {measurement = "name", label = "heading", digits = 2}.
  ColumnSpec read_column(const toml::node& node) const {
    if (node.is_string()) return {node.as_string()->get(), node.as_string()->get()};
    const toml::table& table = table_of(node);
    expect_keys(table, {"measurement", "label", "digits"});
    ColumnSpec column{text(table, "measurement"), text(table, "label")};
    if (const toml::node* digits = table.get("digits")) {
      column.digits = digits->value_exact<std::int64_t>();
      if (!column.digits || *column.digits < 0 || *column.digits > 9)
        places_.fail(*digits, "'digits' should be an integer from 0 to 9");
    }
    return column;
  }

  Places places_;
  const Schema& schema_;
};

/// Where `text` goes on after the string or comment that begins at `at`; `at` itself when none
/// does. A string that does not end is left to the library, which says so.
std::size_t skip_words(std::string_view text, std::size_t at) {
  if (text[at] == '#') return std::min(text.find('\n', at), text.size());
  if (text[at] != '"' && text[at] != '\'') return at;
  const bool is_long = text.substr(at + 1, 2) == std::string(2, text[at]);
  const std::string end(is_long ? 3 : 1, text[at]);
  for (std::size_t i = at + end.size(); i < text.size(); ++i) {
    if (text.substr(i, end.size()) == end) return i + end.size();
    if (text[i] == '\n' && !is_long) break;
    if (text[i] == '\\' && text[at] == '"') ++i;
  }
  return text.size();
}

/// Refuses what the TOML library cannot stand: it is undefined behaviour there when letters beyond
/// ASCII stand outside strings and comments, and deep keys overflow the stack when they are freed.
void check_characters(std::string_view text, std::string_view where) {
  if (text.size() > kSpecFileLimit)
    throw SpecError(fmt::format("{}: longer than {} bytes", where, kSpecFileLimit));
  std::size_t line_begin = 0, dots = 0;
  const auto fail = [&](std::size_t at, std::string_view sentence) {
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<long>(at), '\n');
    throw SpecError(fmt::format("{}:{}: {}", where, line, sentence));
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t after = skip_words(text, at);
    if (after > at) {
      at = after - 1;
      continue;
    }
    if (text[at] == '\n') line_begin = at + 1, dots = 0;
    if (text[at] == '.' && ++dots > kDotsPerLine)
      fail(line_begin, fmt::format("more than {} dots in one line; break the line", kDotsPerLine));
    if (static_cast<unsigned char>(text[at]) >= 0x80)
      fail(at, "letters beyond ASCII stand in quotes or in comments only");
  }
}

toml::table parse_toml(std::string_view text, std::string_view where) {
  check_characters(text, where);
  try {
    return toml::parse(text, where);
  } catch (const toml::parse_error& error) {
    throw SpecError(fmt::format("{}:{}: not valid TOML: {}", where, error.source().begin.line,
                                error.description()));
  } catch (const SpecError& error) {
    throw SpecError(fmt::format("{}: {}", where, error.what()));
  }
}

/// The text as one TOML value; nothing when it is none.
std::optional<Value> parse_value(std::string_view text) {
  try {
    const toml::table table = parse_toml(fmt::format("value = {}", text), "value");
    const toml::node* node = table.get("value");
    if (table.size() == 1 && node) return value_of(*node);
  } catch (const SpecError&) {  // no TOML: bare text
  }
  return std::nullopt;
}

}  // namespace

SpecFile parse_spec_file(std::string_view text, std::string_view where, const Schema& schema) {
  const toml::table root = parse_toml(text, where);
  return Reader(where, schema).read(root);
}

Override parse_override(std::string_view text, const Schema& schema, std::string_view option) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos || equals == 0)
    throw SpecError(fmt::format("{} {}: write key=value", option, text));
  const std::string where = fmt::format("{} {}", option, text);
  std::string key(text.substr(0, equals));
  const std::string_view bare = text.substr(equals + 1);
  Value value = parse_value(bare).value_or(std::string(bare));
  if (key == "seeds") {
    if (!std::holds_alternative<std::vector<std::int64_t>>(value))
      throw SpecError(where + ": 'seeds' should be a list of integers");
    return {std::move(key), std::move(value)};
  }
  if (schema.find(key, where).kind == Kind::text && !std::holds_alternative<std::string>(value))
    value = std::string(bare);
  return {key, schema.check(key, std::move(value), where)};
}

}  // namespace lidit
