#include "metrics/human/comparison_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "metrics/alignment/captioned_images.h"
#include "metrics/human/page_template.h"
#include "metrics/prompts/json_lines.h"
#include "metrics/prompts/text_file.h"
#include "results/fields.h"
#include "results/files.h"
#include "results/hash.h"
#include "results/json.h"
#include "results/philox.h"

namespace lidit::human {
namespace {

namespace fs = std::filesystem;
using benchmarks::CaptionedImage;

constexpr const char* kKeyFile = "key.jsonl";
constexpr std::uint64_t kImageLimit = std::uint64_t{1} << 28;  // bytes
constexpr std::size_t kNameDigits = 12;

struct Pair {
  CaptionedImage first, second;
};

/// The first image of each caption that both folders have.
std::vector<Pair> pair_by_caption(const std::vector<CaptionedImage>& first,
                                  const std::vector<CaptionedImage>& second) {
  std::map<std::string_view, const CaptionedImage*> theirs;
  for (const CaptionedImage& image : second) theirs.emplace(image.caption, &image);
  std::vector<Pair> pairs;
  for (const CaptionedImage& image : first) {
    const auto found = theirs.find(image.caption);
    if (found == theirs.end()) continue;
    pairs.push_back({image, *found->second});
    theirs.erase(found);
  }
  return pairs;
}

std::string system_of(const fs::path& folder) {
  const fs::path whole = fs::absolute(folder).lexically_normal();
  return whole.has_filename() ? whole.filename() : whole.parent_path().filename();
}

/// ".png", ".jpg" or ".webp", from the first bytes: names lie.
std::string_view kind_of(std::string_view bytes, const std::string& where) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return ".png";
  if (bytes.starts_with("\xFF\xD8\xFF")) return ".jpg";
  if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP")) return ".webp";
  throw FileError(fmt::format("{}: neither PNG nor JPEG nor WebP", where));
}

class PageWriter {
 public:
  PageWriter(const ComparisonOptions& options, fs::path folder)
      : options_(options), folder_(std::move(folder)) {}

  /// "images/0f3a....png": a name from which neither system nor prompt can be told.
  std::string copy_image(const fs::path& from, std::string_view what) const {
    const std::string bytes = read_file(from, kImageLimit);
    const std::string name =
        sha256_hex(fmt::format("{}/{}/{}", options_.seed, what, sha256_hex(bytes)));
    const std::string file =
        fmt::format("images/{}{}", name.substr(0, kNameDigits), kind_of(bytes, from.string()));
    write_file(folder_ / file, bytes);
    return file;
  }

  void add(const Pair& pair, bool first_is_left) {
    const std::string name = fmt::format("{:04}", key.pairs.size() + 1);
    const std::string first = copy_image(options_.first / pair.first.file, name + "/a"),
                      second = copy_image(options_.second / pair.second.file, name + "/b");
    shown_ += fmt::format(
        "{}{{\"pair\":{},\"caption\":{},\"left\":{},\"right\":{}}}", shown_.empty() ? "" : ",\n",
        quote_json(name), quote_json(pair.first.caption),
        quote_json(first_is_left ? first : second), quote_json(first_is_left ? second : first));
    key.pairs.push_back({.pair = name,
                         .prompt = pair.first.id,
                         .caption = pair.first.caption,
                         .first_is_left = first_is_left});
  }

  void finish() {
    key.page = sha256_hex(fmt::format("{}/{}/{}", options_.seed, options_.question, shown_))
                   .substr(0, kNameDigits);
    write_file(
        folder_ / "index.html",
        comparison_html(fmt::format("{{\"page\":{},\"question\":{},\"pairs\":[\n{}]}}",
                                    quote_json(key.page), quote_json(options_.question), shown_)));
    std::string lines = to_json(Fields{{"page", key.page},
                                       {"first", key.first},
                                       {"second", key.second},
                                       {"question", options_.question},
                                       {"seed", fmt::format("{}", options_.seed)}}) +
                        "\n";
    for (const PairKey& pair : key.pairs)
      lines += to_json(Fields{{"pair", pair.pair},
                              {"prompt", pair.prompt},
                              {"caption", pair.caption},
                              {"left", std::string(pair.first_is_left ? "first" : "second")}}) +
               "\n";
    write_file(folder_ / kKeyFile, lines);
  }

  ComparisonKey key;

 private:
  const ComparisonOptions& options_;
  fs::path folder_;
  std::string shown_;
};

PairKey read_pair(const nlohmann::json& object, std::string_view where) {
  const std::string left = benchmarks::text_member(object, "left", where);
  if (left != "first" && left != "second")
    throw FileError(fmt::format("{}: 'left' should be 'first' or 'second'", where));
  return {.pair = benchmarks::text_member(object, "pair", where),
          .prompt = benchmarks::text_member(object, "prompt", where),
          .caption = benchmarks::text_member(object, "caption", where),
          .first_is_left = left == "first"};
}

}  // namespace

ComparisonKey write_comparison(const ComparisonOptions& options, const fs::path& folder) {
  if (fs::exists(folder / kKeyFile))
    throw UserError(
        fmt::format("{} holds a comparison already; choose an empty folder", folder.string()));
  const std::vector<Pair> all = pair_by_caption(benchmarks::read_captions(options.first),
                                                benchmarks::read_captions(options.second));
  const auto count =
      static_cast<std::size_t>(options.count.value_or(std::max<std::int64_t>(1, std::ssize(all))));
  if (all.size() < count)
    throw UserError(fmt::format("{} and {} share {} captions, and {} are wanted",
                                options.first.string(), options.second.string(), all.size(),
                                count));
  Philox draws(options.seed, "comparison", 0);
  const std::vector<std::int64_t> order = draws.permutation(std::ssize(all));
  PageWriter writer(options, folder);
  writer.key.first = system_of(options.first);
  writer.key.second = system_of(options.second);
  make_folder(folder / "images");
  // Each system is left in half of the pairs.
  const std::vector<std::int64_t> sides = draws.permutation(static_cast<std::int64_t>(count));
  for (std::size_t i = 0; i < count; ++i)
    writer.add(all[static_cast<std::size_t>(order[i])], sides[i] % 2 == 0);
  writer.finish();
  return std::move(writer.key);
}

ComparisonKey read_comparison_key(const fs::path& folder) {
  const fs::path path = folder / kKeyFile;
  ComparisonKey key;
  std::set<std::string> names;
  benchmarks::for_each_json_line(
      benchmarks::read_text(path), path.string(),
      [&](const nlohmann::json& object, std::string_view where) {
        if (key.page.empty()) {
          key.page = benchmarks::text_member(object, "page", where);
          key.first = benchmarks::text_member(object, "first", where);
          key.second = benchmarks::text_member(object, "second", where);
          return;
        }
        key.pairs.push_back(read_pair(object, where));
        if (!names.insert(key.pairs.back().pair).second)
          throw FileError(fmt::format("{}: the pair is there twice", where));
      });
  if (key.pairs.empty()) throw FileError(fmt::format("{}: no pairs", path.string()));
  return key;
}

}  // namespace lidit::human
