#include "results/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string_view>

#include "results/files.h"
#include "results/json.h"

namespace lidit {
namespace {

using nlohmann::json;

constexpr std::string_view kStatusNames[] = {"done", "failed", "skipped"};
constexpr std::uint64_t kRecordLimit = 64 << 20, kPromptsLimit = 1 << 30;

/// What contradicts itself in `record`, as the end of a sentence; empty when all is well.
std::string contradiction(const Record& record) {
  if (record.fingerprint.size() != 64 ||
      record.fingerprint.find_first_not_of("0123456789abcdef") != std::string::npos)
    return fmt::format("the fingerprint '{}' is not 64 hexadecimal digits", record.fingerprint);
  if ((record.status == Status::done) != record.reason.empty())
    return fmt::format("status '{}' with the reason '{}'", status_name(record.status),
                       record.reason);
  std::set<std::string_view> names;
  for (const Measurement& m : record.measurements) {
    if (!names.insert(m.name).second) return fmt::format("two measurements '{}'", m.name);
    if (m.value.has_value() != m.reason.empty())
      return fmt::format("measurement '{}' needs either a value or a reason", m.name);
    if (m.value && !std::isfinite(*m.value))
      return fmt::format("measurement '{}' is {}", m.name, shortest(*m.value));
    if (m.n < 0) return fmt::format("measurement '{}' is over {} items", m.name, m.n);
  }
  for (const Series& s : record.series)
    if (s.x.size() != s.y.size())
      return fmt::format("series '{}' has {} x and {} y", s.name, s.x.size(), s.y.size());
  return "";
}

std::string print(const Measurement& m) {
  std::string text = fmt::format("{{\"name\":{},\"value\":{}", quote_json(m.name),
                                 m.value ? shortest(*m.value) : "null");
  if (!m.reason.empty()) text += ",\"reason\":" + quote_json(m.reason);
  text += fmt::format(",\"unit\":{},\"n\":{}", quote_json(m.unit), m.n);
  if (m.higher_is_better) text += fmt::format(",\"higher_is_better\":{}", *m.higher_is_better);
  return text + "}";
}

Fields to_fields(const Series& s) {
  return {{"name", s.name},
          {"x_name", s.x_name},
          {"x_unit", s.x_unit},
          {"y_name", s.y_name},
          {"y_unit", s.y_unit},
          {"x", s.x},
          {"y", s.y}};
}

template <class T, class Print>
std::string print_lines(const std::vector<T>& items, Print print) {
  std::string text;
  for (const T& item : items) text += (text.empty() ? "\n" : ",\n") + print(item);
  return "[" + text + "]";
}

std::string print(const Record& record) {
  return fmt::format(
      "{{\"schema\":{},\n\"fingerprint\":{},\n\"name\":{},\n\"status\":\"{}\",\n\"reason\":{},\n"
      "\"asked\":{},\n\"context\":{},\n\"measurements\":{},\n\"series\":{}}}\n",
      kRecordSchema, quote_json(record.fingerprint), quote_json(record.name),
      status_name(record.status), quote_json(record.reason), to_json(record.asked),
      to_json(record.context),
      print_lines(record.measurements, [](const Measurement& m) { return print(m); }),
      print_lines(record.series, [](const Series& s) { return to_json(to_fields(s)); }));
}

/// Takes the members of one JSON object by name; what is left over at the end is an error.
class Members {
 public:
  Members(const json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object.is_object()) throw FileError(where_ + ": a JSON object is wanted");
  }

  const json& take(const char* key) {
    const auto found = object_.find(key);
    if (found == object_.end()) throw FileError(fmt::format("{}: '{}' is missing", where_, key));
    taken_.insert(key);
    return *found;
  }
  bool has(const char* key) const { return object_.contains(key); }
  template <class T>
  T take_as(const char* key) {
    const Fields one = {{key, value_from_json(take(key), where_, key)}};
    try {
      return get<T>(one, key);
    } catch (const SpecError& error) {
      throw FileError(fmt::format("{}: {}", where_, error.what()));
    }
  }
  void expect_no_more() const {
    for (const auto& [key, value] : object_.items())
      if (!taken_.contains(key))
        throw FileError(fmt::format("{}: '{}' does not belong there", where_, key));
  }

 private:
  const json& object_;
  std::string where_;
  std::set<std::string, std::less<>> taken_;
};

Measurement read_measurement(const json& node, const std::string& where) {
  Members members(node, where);
  Measurement m{.name = members.take_as<std::string>("name")};
  if (!members.take("value").is_null()) m.value = members.take_as<double>("value");
  if (members.has("reason")) m.reason = members.take_as<std::string>("reason");
  m.unit = members.take_as<std::string>("unit");
  m.n = members.take_as<std::int64_t>("n");
  if (members.has("higher_is_better"))
    m.higher_is_better = members.take_as<bool>("higher_is_better");
  members.expect_no_more();
  return m;
}

Series read_series(const json& node, const std::string& where) {
  Members members(node, where);
  const auto text = [&](const char* key) { return members.take_as<std::string>(key); };
  Series s{text("name"),
           text("x_name"),
           text("x_unit"),
           text("y_name"),
           text("y_unit"),
           members.take_as<std::vector<double>>("x"),
           members.take_as<std::vector<double>>("y")};
  members.expect_no_more();
  return s;
}

template <class Read>
auto read_list(const json& node, const std::string& where, Read read) {
  if (!node.is_array()) throw FileError(where + ": a JSON list is wanted");
  std::vector<decltype(read(node, where))> items;
  for (const json& item : node)
    items.push_back(read(item, fmt::format("{}[{}]", where, items.size())));
  return items;
}

Status status_of(std::string_view name, const std::string& where) {
  const auto found = std::ranges::find(kStatusNames, name);
  if (found == std::end(kStatusNames))
    throw FileError(fmt::format("{}: unknown status '{}'", where, name));
  return static_cast<Status>(found - std::begin(kStatusNames));
}

}  // namespace

std::string_view status_name(Status status) {
  return kStatusNames[static_cast<std::size_t>(status)];
}

const Measurement* Record::find(std::string_view measurement) const {
  const auto found = std::ranges::find(measurements, measurement, &Measurement::name);
  return found == measurements.end() ? nullptr : &*found;
}

void write_record(const std::filesystem::path& folder, const Record& record,
                  std::span<const Fields> prompts) {
  if (const std::string reason = contradiction(record); !reason.empty())
    throw std::logic_error("a record contradicts itself: " + reason);
  std::string lines;
  for (const Fields& row : prompts) {
    get<std::string>(row, "id");  // throws when there is none
    lines += to_json(row) + '\n';
  }
  write_file(folder / "prompts.jsonl", lines);
  write_file(folder / "record.json", print(record));
}

Record read_record(const std::filesystem::path& folder) {
  const std::string where = folder / "record.json";
  const json document = parse_json(read_file(where, kRecordLimit), where);
  Members members(document, where);
  const auto schema = members.take_as<std::int64_t>("schema");
  if (schema != kRecordSchema)
    throw FileError(
        fmt::format("{}: schema {}; this program reads schema {}", where, schema, kRecordSchema));
  Record record{.fingerprint = members.take_as<std::string>("fingerprint"),
                .name = members.take_as<std::string>("name"),
                .status = status_of(members.take_as<std::string>("status"), where),
                .reason = members.take_as<std::string>("reason"),
                .asked = fields_from_json(members.take("asked"), where + ": asked"),
                .context = fields_from_json(members.take("context"), where + ": context"),
                .measurements = read_list(members.take("measurements"), where + ": measurements",
                                          read_measurement),
                .series = read_list(members.take("series"), where + ": series", read_series)};
  members.expect_no_more();
  if (const std::string reason = contradiction(record); !reason.empty())
    throw FileError(fmt::format("{}: {}", where, reason));
  return record;
}

std::vector<Fields> read_prompts(const std::filesystem::path& folder) {
  const std::string where = folder / "prompts.jsonl";
  const std::string text = read_file(where, kPromptsLimit);
  std::vector<Fields> rows;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    const std::string line = fmt::format("{}:{}", where, rows.size() + 1);
    if (end == text.npos) throw FileError(line + ": the last line is cut off");
    rows.push_back(fields_from_json(std::string_view(text).substr(begin, end - begin), line));
    const auto id = rows.back().find("id");
    if (id == rows.back().end() || !std::holds_alternative<std::string>(id->second))
      throw FileError(line + ": a text 'id' is wanted");
    begin = end + 1;
  }
  return rows;
}

}  // namespace lidit
