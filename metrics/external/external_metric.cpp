#include "metrics/external/external_metric.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "metrics/alignment/score_sheet.h"
#include "metrics/external/command.h"
#include "metrics/prompts/json_lines.h"
#include "results/files.h"
#include "results/hash.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFolder = "{folder}";
constexpr std::uint64_t kOutputLimit = std::uint64_t{1} << 26;  // bytes; a score takes some 50

std::string image_file(std::size_t index) { return fmt::format("images/{:06}.png", index); }

std::string with_folder(std::string word, const fs::path& folder) {
  for (std::size_t at = 0; (at = word.find(kFolder, at)) != word.npos; at += folder.string().size())
    word.replace(at, kFolder.size(), folder.string());
  return word;
}

/// As posix_spawnp looks for it.
bool can_be_run(const std::string& program) {
  if (program.find('/') != program.npos) return access(program.c_str(), X_OK) == 0;
  const char* path = std::getenv("PATH");
  std::string_view left = path == nullptr ? "/bin:/usr/bin" : path;
  while (!left.empty()) {
    const std::string_view folder = left.substr(0, left.find(':'));
    if (access((fs::path(folder) / program).c_str(), X_OK) == 0) return true;
    left.remove_prefix(std::min(left.size(), folder.size() + 1));
  }
  return false;
}

std::string last_line(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  return std::string(text.substr(text.find_last_of('\n') + 1));
}

/// "metric 'brightness': its command ended with status 1: no module named numpy"
UserError failed(const ExternalMetric& metric, std::string_view what, std::string_view errors) {
  const std::string words = last_line(errors);
  return UserError(fmt::format("metric '{}': its command {}{}", metric.name, what,
                               words.empty() ? "" : ": " + words));
}

std::vector<double> read_scores(const ExternalMetric& metric, std::span<const MetricImage> images,
                                std::string_view printed) {
  const std::string where = fmt::format("metric '{}'", metric.name);
  std::map<std::string_view, std::size_t> places;
  for (const MetricImage& image : images) places.emplace(image.id, places.size());
  std::vector<std::optional<double>> found(images.size());
  benchmarks::for_each_json_line(printed, where, [&](const auto& object, std::string_view line) {
    const std::string id = benchmarks::text_member(object, "id", line);
    const auto place = places.find(id);
    if (place == places.end())
      throw FileError(fmt::format("{}: no image is called '{}'", line, id));
    std::optional<double>& score = found[place->second];
    if (score) throw FileError(fmt::format("{}: '{}' is scored twice", line, id));
    constexpr double kLargest = std::numeric_limits<double>::max();
    score = benchmarks::number_between(benchmarks::member(object, "score", line), -kLargest,
                                       kLargest, "'score'", line);
  });
  std::vector<double> scores;
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (!found[i]) missing.push_back(images[i].id);
    scores.push_back(found[i].value_or(0));
  }
  if (!missing.empty())
    throw FileError(fmt::format(
        "{}: the scores of {}", where,
        benchmarks::describe_missing(missing, static_cast<std::int64_t>(images.size()))));
  return scores;
}

}  // namespace

void check(const ExternalMetric& metric) {
  const auto key = fmt::format("metrics.{}.command", metric.name);
  if (metric.command.empty()) throw SpecError(key + " is empty: name a program and its arguments");
  const bool says_folder = std::ranges::any_of(
      metric.command, [](const std::string& word) { return word.find(kFolder) != word.npos; });
  if (!says_folder) throw SpecError(key + ": no word of it says {folder}, where the images are");
  if (!can_be_run(metric.command.front()))
    throw SpecError(
        fmt::format("{}: there is no program '{}' that can be run", key, metric.command.front()));
}

Fields command_hashes(const ExternalMetric& metric) {
  Fields hashes;
  for (const std::string& word : metric.command) {
    std::error_code ignored;
    if (!fs::is_regular_file(word, ignored)) continue;
    hashes[fmt::format("metrics.{}.{}", metric.name, word)] = hex(sha256_of_file(word));
  }
  return hashes;
}

void write_metric_folder(std::span<const MetricImage> images, const fs::path& folder) {
  make_folder(folder / "images");
  std::string lines;
  for (std::size_t i = 0; i < images.size(); ++i) {
    write_png(folder / image_file(i), images[i].image);
    lines += to_json(Fields{{"id", images[i].id},
                            {"image", image_file(i)},
                            {"caption", images[i].caption},
                            {"split", images[i].split}}) +
             "\n";
  }
  write_file(folder / "captions.jsonl", lines);
}

std::vector<double> external_scores(const ExternalMetric& metric,
                                    std::span<const MetricImage> images, const MetricPlace& place) {
  std::vector<std::string> words;
  for (const std::string& word : metric.command) words.push_back(with_folder(word, place.images));
  const CommandLimits limits{
      .time = std::chrono::milliseconds(static_cast<std::int64_t>(metric.seconds * 1000)),
      .output = kOutputLimit};
  const CommandEnd end = run_command(words, limits, place.while_waiting);
  write_file(place.errors, end.errors);
  if (!end.failure.empty()) throw failed(metric, end.failure, end.errors);
  return read_scores(metric, images, end.out);
}

}  // namespace lidit
