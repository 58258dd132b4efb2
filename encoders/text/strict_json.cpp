#include "encoders/text/strict_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

#include "results/errors.h"

namespace lidit {

nlohmann::json parse_strict_json(std::string_view text, std::string_view where, int maximum_depth) {
  using json = nlohmann::json;
  std::vector<std::unordered_set<std::string>> keys;  // of the objects that are open
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > maximum_depth)
      throw FileError(fmt::format("{}: JSON nested deeper than {}.", where, maximum_depth));
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys.back().insert(key).second)
        throw FileError(fmt::format("{}: JSON key '{}' appears twice.", where, key));
    }
    return true;
  };
  try {
    return json::parse(text, watch);
  } catch (const json::exception& error) {
    const std::string_view what = error.what();  // begins with "[json.exception...] "
    throw FileError(fmt::format("{}: is not valid JSON: {}.", where,
                                what.substr(std::min(what.size(), what.find("] ") + 2))));
  }
}

}  // namespace lidit
