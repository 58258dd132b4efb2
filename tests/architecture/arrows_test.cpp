// The arrows between the folders, read from the #include lines:
// harness -> {ablations, metrics, encoders, results}; metrics -> {encoders, results};
// ablations -> results; encoders -> results. The folders of parsers and plain values never reach
// LibTorch, not even through another header.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Files = std::map<std::string, std::string>;  // path from the root of the sources -> text

const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"results", {}},
    {"ablations", {"results"}},
    {"encoders", {"results"}},
    {"metrics", {"encoders", "results"}},
    {"harness", {"ablations", "metrics", "encoders", "results"}}};

constexpr std::array<std::string_view, 13> kWithoutTorch = {
    "results/",          "ablations/",         "metrics/scenes/",       "metrics/prompts/",
    "metrics/judges/",   "metrics/alignment/", "metrics/probes/sets/",  "metrics/throughput/",
    "metrics/external/", "metrics/human/",     "metrics/probes/drawn/", "encoders/text/",
    "encoders/weights/"};

std::string top_folder(const std::string& path) { return path.substr(0, path.find('/')); }

/// What follows `#include` in each such line, with its quotes or brackets.
std::vector<std::string> includes_of(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string directive;
    std::string target;
    if (words >> directive >> target && directive == "#include") found.push_back(target);
  }
  return found;
}

bool is_torch(const std::string& include) {
  return include.starts_with("<torch/") || include.starts_with("<ATen/") ||
         include.starts_with("<c10/");
}

/// Whether `path` includes LibTorch, itself or through headers of the project.
bool reaches_torch(const Files& files, const std::string& path, std::set<std::string>& seen) {
  const auto file = files.find(path);
  if (file == files.end() || !seen.insert(path).second) return false;
  const auto includes = includes_of(file->second);
  return std::any_of(includes.begin(), includes.end(), [&](const std::string& include) {
    return is_torch(include) || (include.front() == '"' &&
                                 reaches_torch(files, include.substr(1, include.size() - 2), seen));
  });
}

/// One sentence for each include that goes against the arrows.
std::vector<std::string> broken_arrows(const Files& files) {
  std::vector<std::string> broken;
  for (const auto& [path, text] : files) {
    const std::string from = top_folder(path);
    for (const std::string& include : includes_of(text)) {
      if (include.front() != '"') continue;
      const std::string to = top_folder(include.substr(1));
      if (to != from && !kMayInclude.at(from).contains(to)) {
        broken.push_back(path + " includes " + include + ", which " + from + "/ may not");
      }
    }
    const bool without_torch =
        std::any_of(kWithoutTorch.begin(), kWithoutTorch.end(),
                    [&](std::string_view folder) { return path.starts_with(folder); });
    std::set<std::string> seen;
    if (without_torch && reaches_torch(files, path, seen)) {
      broken.push_back(path + " reaches LibTorch, in a folder that is built without it");
    }
  }
  return broken;
}

Files sources_of_the_project() {
  Files files;
  const std::filesystem::path root = LIDIT_SOURCE_DIR;
  for (const auto& [folder, unused] : kMayInclude) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      files[entry.path().lexically_relative(root).generic_string()] = text.str();
    }
  }
  return files;
}

TEST(Arrows, HoldInTheWholeTree) {
  const Files files = sources_of_the_project();
  ASSERT_TRUE(files.contains("results/errors.h"));
  EXPECT_THAT(broken_arrows(files), testing::IsEmpty());
}

TEST(Arrows, LoopsOverThreadsAreThoseOfParallelOver) {
  for (const auto& [path, text] : sources_of_the_project())
    EXPECT_TRUE(path == "encoders/kernels/parallel.cpp" ||
                text.find("at::parallel_for(") == std::string::npos)
        << path;
}

TEST(Arrows, AnEncoderMayNotIncludeAMetric) {
  EXPECT_THAT(broken_arrows({{"encoders/a.h", "#include \"metrics/b.h\"\n"}}), testing::SizeIs(1));
}

TEST(Arrows, ResultsMayIncludeNobodyElse) {
  EXPECT_THAT(broken_arrows({{"results/a.h", "#include \"results/b.h\"\n"},
                             {"results/b.h", "#include \"harness/c.h\"\n"}}),
              testing::SizeIs(1));
}

TEST(Arrows, AQuotedIncludeIsWrittenFromTheRoot) {
  EXPECT_THAT(broken_arrows({{"harness/a.cpp", "#include \"a.h\"\n"}}), testing::SizeIs(1));
}

TEST(Arrows, AFolderWithoutLibTorchMayNotReachItThroughAnotherHeader) {
  const Files files = {{"encoders/features.h", "#pragma once\n#include <ATen/core/Tensor.h>\n"},
                       {"encoders/text/a.h", "#include \"encoders/features.h\"\n"},
                       {"encoders/llm/b.h", "#include \"encoders/features.h\"\n"}};
  EXPECT_THAT(broken_arrows(files), testing::ElementsAre(testing::HasSubstr("encoders/text/a.h")));
}

TEST(Arrows, HeadersThatIncludeEachOtherEndTheSearch) {
  EXPECT_THAT(broken_arrows({{"results/a.h", "#include \"results/b.h\"\n"},
                             {"results/b.h", "#include \"results/a.h\"\n"}}),
              testing::IsEmpty());
}

}  // namespace
