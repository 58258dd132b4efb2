// T2I-CompBench and T2I-CompBench++: plain lists of prompts, one file a category.
#pragma once
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/errors.h"

namespace lidit::benchmarks {

/// What scores a category: answers to questions about noun phrases, or one number an image.
enum class CompBenchJudge { blip_vqa, per_image };

struct CompBenchCategory {
  std::string_view name;
  CompBenchJudge judge;
  std::string_view scored_by;  // the published scorer
};
/// Colour, shape and texture (whose mean is T2I-avg), then the others.
std::span<const CompBenchCategory> compbench_categories();

/// `color_val.txt` has two versions: five doubled lines were replaced in September 2025.
enum class ColorVal { of_2023, of_2025 };

/// One prompt a line, ended by LF or CR LF. FileError naming `where` and the line for an empty
/// line, for text that is not UTF-8, for '_' and '/' (the published layout reads the prompt back
/// from a file name up to the first '_'), and for no line at all.
std::vector<std::string> parse_compbench(std::string_view text, std::string_view where);

/// The prompts of one category of the split "val" or "train" in a folder laid out as published.
std::vector<std::string> load_compbench(const std::filesystem::path& folder,
                                        std::string_view category, std::string_view split,
                                        ColorVal color_val = ColorVal::of_2025);

/// What a complex prompt says of its objects besides their attributes: it decides which judges the
/// 3-in-1 score is the mean of.
enum class ComplexKind { spatial, action, both };
using ComplexKinds = std::map<std::string, ComplexKind, std::less<>>;

/// The kind of each prompt of the three lists complex_val_spatial, _action and _spatialaction.txt
/// of `folder`, which are complex_val.txt in parts. FileError as parse_compbench, and for a prompt
/// that is listed twice.
ComplexKinds load_complex_kinds(const std::filesystem::path& folder);

}  // namespace lidit::benchmarks
