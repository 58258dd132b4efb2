#include "metrics/judges/judge_audit.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "metrics/prompts/json_lines.h"

namespace lidit::benchmarks {
namespace {

constexpr std::int64_t kMostQuestions = 1'000'000;  // of one image

bool truth_member(const nlohmann::json& object, const char* key, std::string_view where) {
  const nlohmann::json& node = member(object, key, where);
  if (!node.is_boolean())
    throw FileError(fmt::format("{}: '{}' should be true or false", where, key));
  return node.get<bool>();
}

}  // namespace

std::vector<AuditedVerdict> parse_judge_audit(std::string_view text, std::string_view where) {
  std::vector<AuditedVerdict> audit;
  std::set<std::pair<std::string, std::optional<std::int64_t>>> seen;
  for_each_json_object(text, where, [&](const nlohmann::json& line, std::string_view place) {
    AuditedVerdict verdict{.where = std::string(place), .image = text_member(line, "id", place)};
    if (line.contains("question"))
      verdict.question = count_member(line, "question", kMostQuestions, place);
    verdict.judge = truth_member(line, "judge", place);
    verdict.human = truth_member(line, "human", place);
    if (!seen.emplace(verdict.image, verdict.question).second)
      throw FileError(fmt::format("{}: {} is audited twice", place,
                                  describe_verdict(verdict.image, verdict.question)));
    audit.push_back(std::move(verdict));
  });
  if (audit.empty()) throw FileError(fmt::format("{}: no audited verdict", where));
  return audit;
}

std::string describe_verdict(std::string_view image, std::optional<std::int64_t> question) {
  return question ? fmt::format("question {} of '{}'", *question, image)
                  : fmt::format("'{}'", image);
}

}  // namespace lidit::benchmarks
