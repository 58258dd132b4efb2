#include "metrics/judges/judge_file.h"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace lidit::benchmarks {
namespace {

void take_claims(const nlohmann::json& claimed, Claims& claims, std::string_view where) {
  if (!claimed.is_object())
    throw FileError(fmt::format("{}: 'claimed' should be an object of numbers", where));
  for (const auto& [name, value] : claimed.items()) {
    const double largest = std::numeric_limits<double>::max();
    const double number = number_between(value, -largest, largest, "'" + name + "'", where);
    if (!claims.emplace(name, number).second)
      throw FileError(fmt::format("{}: '{}' is claimed twice", where, name));
  }
}

}  // namespace

Claims for_each_judgement(std::string_view text, std::string_view where, const TakeObject& take) {
  Claims claims;
  bool any = false;
  for_each_json_object(text, where, [&](const nlohmann::json& object, std::string_view place) {
    if (object.size() == 1 && object.contains("claimed")) {
      take_claims(object["claimed"], claims, place);
    } else {
      any = true;
      take(object, place);
    }
  });
  if (!any) throw FileError(fmt::format("{}: no judgements", where));
  return claims;
}

}  // namespace lidit::benchmarks
