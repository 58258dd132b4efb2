// Ids of whole benchmarks and of random strings against the published implementations, as hashes:
// golden/tokenizers/make_benchmark_hashes.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "encoders/text/gunzip.h"
#include "encoders/text/tokenizer.h"
#include "encoders/text/utf8.h"
#include "tests/encoders/text/id_hash.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_model.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Texts = std::vector<std::string>;

const fs::path kGolden = fs::path(LIDIT_GOLDEN_DIR) / "tokenizers";
const fs::path kPrompts = fs::path(LIDIT_SOURCE_DIR) / "metrics/prompts";
constexpr std::size_t kLargestFile = 16 << 20;

const json& golden_file() {
  static const json file = json::parse(read_bytes(kGolden / "benchmark_hashes.json"));
  return file;
}

std::string unpacked(const char* name) {
  return gunzip(read_bytes(kPrompts / name), name, kLargestFile);
}

Texts partiprompts() {
  std::ifstream file(kPrompts / "partiprompts/PartiPrompts.tsv");
  Texts texts;
  std::string line;
  std::getline(file, line);  // the header
  while (std::getline(file, line)) texts.push_back(line.substr(0, line.find('\t')));
  return texts;
}

Texts dpg_bench() {
  std::istringstream file(unpacked("dpg-bench/dpg_prompts.jsonl.gz"));
  Texts texts;
  for (std::string line; std::getline(file, line);) texts.push_back(json::parse(line).at("prompt"));
  return texts;
}

/// In English, and in Chinese where it is there.
Texts genai_bench() {
  Texts texts;
  for (const json& entry : json::parse(unpacked("genai-bench/genai_image_527.json.gz")))
    for (const char* key : {"prompt", "prompt in Chinese"})
      if (const std::string text = entry.value(key, ""); !text.empty()) texts.push_back(text);
  return texts;
}

/// "20-7e a0-377": every code point of each range, as UTF-8.
Texts code_points(const std::string& ranges) {
  Texts letters;
  std::istringstream words(ranges);
  for (std::string range; words >> range;) {
    const auto last = std::stoul(range.substr(range.find('-') + 1), nullptr, 16);
    for (auto value = std::stoul(range, nullptr, 16); value <= last; ++value) {
      letters.emplace_back();
      append_utf8(letters.back(), static_cast<char32_t>(value));
    }
  }
  return letters;
}

/// Half over everything that Unicode 12 has, half over what prompts have.
Texts random_strings() {
  const Texts all = code_points(golden_file().at("code_points"));
  Texts narrow;
  std::ranges::copy_if(all, std::back_inserter(narrow), [](const std::string& letter) {
    return code_point_at(letter, 0).value < 0x600;
  });
  for (int i = 0; i < 80; ++i)
    for (const char letter : std::string_view(" '.,12ab")) narrow.emplace_back(1, letter);
  std::mt19937 numbers(12);
  Texts texts;
  for (int i = 0; i < 10'000; ++i) {
    const Texts& letters = i % 2 == 0 ? all : narrow;
    std::string text;
    for (auto left = 1 + numbers() % 40; left > 0; --left)
      text += letters[numbers() % letters.size()];
    texts.push_back(std::move(text));
  }
  return texts;
}

const std::map<std::string, Texts>& text_sets() {
  static const std::map<std::string, Texts> sets = {{"partiprompts", partiprompts()},
                                                    {"dpg-bench", dpg_bench()},
                                                    {"genai-bench", genai_bench()},
                                                    {"random strings", random_strings()}};
  return sets;
}

constexpr const char* kFetched[] = {"smollm2-135m-instruct", "all-minilm-l6-v2"};

class BenchmarkIds : public testing::TestWithParam<std::string> {};

TEST_P(BenchmarkIds, AreThoseOfThePublishedImplementation) {
  const std::string& name = GetParam();
  fs::path path = kGolden / name;
  if (std::ranges::find(kFetched, name) != std::end(kFetched)) {
    const auto folder = fetched_model(name.c_str());
    if (!folder) GTEST_SKIP() << name << " is not here: ./lidit models fetch " << name;
    path = *folder;
  }
  const auto tokenizer = load_tokenizer(path, name == "tiny.tiktoken" ? "cl100k_base" : "");
  const json& wanted = golden_file().at("hashes").at(name);
  EXPECT_EQ(wanted.size(), text_sets().size());
  for (const auto& [key, texts] : text_sets())
    EXPECT_EQ(testing_support::hash_of_ids(*tokenizer, texts, true), wanted.at(key)) << key;
}

std::vector<std::string> compared() {
  std::vector<std::string> names;
  for (const auto& [name, hashes] : golden_file().at("hashes").items()) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Tokenizers, BenchmarkIds, testing::ValuesIn(compared()),
                         [](const auto& tokenizer) {
                           std::string name = tokenizer.param;
                           std::ranges::replace_if(
                               name, [](unsigned char c) { return !std::isalnum(c); }, '_');
                           return name;
                         });

TEST(BenchmarkTexts, AreWholeBenchmarksAndTenThousandStrings) {
  EXPECT_EQ(text_sets().at("partiprompts").size(), 1632u);
  EXPECT_EQ(text_sets().at("dpg-bench").size(), 1065u);
  EXPECT_EQ(text_sets().at("genai-bench").size(), 527u + 269u);  // English and Chinese
  EXPECT_EQ(text_sets().at("random strings").size(), 10'000u);
  EXPECT_EQ(golden_file().at("hashes").size(), 15u);
}

}  // namespace
}  // namespace lidit
