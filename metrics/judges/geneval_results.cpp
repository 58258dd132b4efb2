#include "metrics/judges/geneval_results.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "results/json.h"

namespace lidit::benchmarks {
namespace {

using nlohmann::json;

constexpr double kFarthest = 1e6;  // pixels from the corner of an image

std::optional<std::int64_t> digits_only(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

/// ".../00012/samples/0003.png" -> 12 and 3.
void place_of_image(const std::string& filename, GenEvalResult& result) {
  const std::filesystem::path path = filename;
  const auto image = digits_only(path.stem().string());
  const auto prompt = digits_only(path.parent_path().parent_path().filename().string());
  if (!image || !prompt || path.extension() != ".png" || path.parent_path().filename() != "samples")
    throw FileError(fmt::format("{}: the filename '{}' is not NUMBER/samples/NUMBER.png",
                                result.where, filename));
  result.prompt = *prompt;
  result.image = *image;
}

Detection parse_detection(const json& box, std::string_view where) {
  if (!box.is_array() || box.size() != 5)
    throw FileError(fmt::format("{}: a box should be [x0, y0, x1, y1, confidence]", where));
  Detection detection{};
  for (std::size_t i = 0; i < 4; ++i)
    detection.box[i] = number_between(box[i], -kFarthest, kFarthest, "a side of a box", where);
  if (!(detection.box[0] <= detection.box[2] && detection.box[1] <= detection.box[3]))
    throw FileError(fmt::format("{}: a box that ends before it begins", where));
  detection.confidence = number_between(box[4], 0, 1, "a confidence", where);
  return detection;
}

void parse_details(const json& details, GenEvalResult& result) {
  if (!details.is_object())
    throw FileError(fmt::format("{}: 'details' should be boxes by class", result.where));
  for (const auto& [name, boxes] : details.items()) {
    if (!boxes.is_array())
      throw FileError(fmt::format("{}: the boxes of '{}' should be a list", result.where, name));
    for (const json& box : boxes)
      result.details[name].push_back(parse_detection(box, result.where));
  }
}

void parse_colors(const json& colors, GenEvalResult& result) {
  if (!colors.is_object())
    throw FileError(fmt::format("{}: 'colors' should be lists of colours by class", result.where));
  for (const auto& [name, list] : colors.items()) {
    const std::vector<std::string> names = texts_member(colors, name, result.where);
    const auto found = result.details.find(name);
    if (found == result.details.end() || found->second.size() != names.size())
      throw FileError(
          fmt::format("{}: 'colors' of '{}' has not one colour for each box", result.where, name));
    for (std::size_t i = 0; i < names.size(); ++i) found->second[i].color = names[i];
  }
}

GenEvalResult parse_result(const json& line, std::string_view place) {
  GenEvalResult result{.where = std::string(place),
                       .prompt = 0,
                       .image = 0,
                       .prompt_text = text_member(line, "prompt", place),
                       .tag = text_member(line, "tag", place)};
  place_of_image(text_member(line, "filename", place), result);
  if (line.contains("correct")) {
    if (!line["correct"].is_boolean())
      throw FileError(fmt::format("{}: 'correct' should be true or false", place));
    result.correct = line["correct"].get<bool>();
  }
  const json& details = member(line, "details", place);
  parse_details(details.is_string() ? parse_json(details.get_ref<const std::string&>(),
                                                 fmt::format("{}: 'details'", place))
                                    : details,
                result);
  if (line.contains("colors")) parse_colors(line["colors"], result);
  return result;
}

}  // namespace

GenEvalResults parse_geneval_results(std::string_view text, std::string_view where) {
  GenEvalResults parsed;
  parsed.claims = for_each_judgement(text, where, [&](const json& line, std::string_view place) {
    parsed.results.push_back(parse_result(line, place));
  });
  return parsed;
}

}  // namespace lidit::benchmarks
