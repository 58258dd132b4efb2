#include "metrics/prompts/compbench_prompts.h"

#include <fmt/format.h>

#include "metrics/prompts/text_file.h"
#include "results/json.h"

namespace lidit::benchmarks {
namespace {

constexpr CompBenchCategory kCategories[] = {
    {"color", CompBenchJudge::blip_vqa, "BLIP-VQA"},
    {"shape", CompBenchJudge::blip_vqa, "BLIP-VQA"},
    {"texture", CompBenchJudge::blip_vqa, "BLIP-VQA"},
    {"spatial", CompBenchJudge::per_image, "UniDet 2D"},
    {"3d_spatial", CompBenchJudge::per_image, "UniDet 3D"},
    {"numeracy", CompBenchJudge::per_image, "UniDet"},
    {"non_spatial", CompBenchJudge::per_image, "CLIP"},
    {"complex", CompBenchJudge::per_image, "3-in-1"},
};

}  // namespace

std::span<const CompBenchCategory> compbench_categories() { return kCategories; }

std::vector<std::string> parse_compbench(std::string_view text, std::string_view where) {
  std::vector<std::string> prompts;
  for (const Line& line : split_lines(text)) {
    const auto refuse = [&](std::string_view what) {
      throw FileError(fmt::format("{}: line {}: {}", where, line.number, what));
    };
    if (line.text.empty()) refuse("an empty prompt");
    if (line.text.find_first_of(std::string_view("_/\0", 3)) != line.text.npos)
      refuse("'_' and '/' cannot be in a prompt, because image files are named by it");
    try {
      quote_json(line.text);
    } catch (const UserError&) {
      refuse("not UTF-8");
    }
    prompts.emplace_back(line.text);
  }
  if (prompts.empty()) throw FileError(fmt::format("{}: no prompts", where));
  return prompts;
}

std::vector<std::string> load_compbench(const std::filesystem::path& folder,
                                        std::string_view category, std::string_view split,
                                        ColorVal color_val) {
  const auto load = [&](const std::string& name) {
    const auto path = folder / (name + ".txt");
    return parse_compbench(read_text(path), path.string());
  };
  if (category != "color" || split != "val" || color_val == ColorVal::of_2025)
    return load(fmt::format("{}_{}", category, split));
  // The two parts were not refreshed with the whole: together they are the file of 2023.
  std::vector<std::string> prompts = load("color_val_seen");
  for (std::string& prompt : load("color_val_unseen")) prompts.push_back(std::move(prompt));
  return prompts;
}

ComplexKinds load_complex_kinds(const std::filesystem::path& folder) {
  ComplexKinds kinds;
  const auto load = [&](const char* name, ComplexKind kind) {
    const auto path = folder / name;
    for (const std::string& prompt : parse_compbench(read_text(path), path.string()))
      if (!kinds.emplace(prompt, kind).second)
        throw FileError(fmt::format("{}: '{}' is listed twice", path.string(), prompt));
  };
  load("complex_val_spatial.txt", ComplexKind::spatial);
  load("complex_val_action.txt", ComplexKind::action);
  load("complex_val_spatialaction.txt", ComplexKind::both);
  return kinds;
}

}  // namespace lidit::benchmarks
