// What T2I-CompBench's judges said: answers to questions about noun phrases, or one number an
// image.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/judges/judge_file.h"

namespace lidit::benchmarks {

struct CompBenchAnswer {
  std::string where, category;
  std::int64_t question_id = 0;           // running number of the image in its category
  std::optional<std::string> image{};     // its file name, when the judge said it
  std::vector<std::string> questions{};   // noun phrases, with or without '?'
  std::vector<double> answers{};          // P(yes) of each
  std::optional<double> finished{};       // the image's score, where that is all there is
  std::map<std::string, double> parts{};  // of which `finished` was made here (three_in_one.h)
};

/// What three judges said of an image of the complex category, each on its own.
struct ThreeAnswers {
  CompBenchAnswer blip_vqa;     // attributes
  double unidet = 0, clip = 0;  // where things are; what is done
};

struct CompBenchAnswers {
  std::vector<CompBenchAnswer> answers;
  Claims claims;
  std::map<std::int64_t, ThreeAnswers> complex{};  // by question_id, of images with all three
};

/// Lines {"category", "question_id", "questions": [...], "answers": [...]} or {"category",
/// "question_id", "answer"}; answers are numbers in 0..1 or texts of them. `category` fills in for
/// files of one category, which do not name it. FileError for all else.
CompBenchAnswers parse_compbench_answers(std::string_view text, std::string_view where,
                                         std::string_view category = "");

/// A file of such lines, or a folder as the published scripts leave it: CATEGORY/annotation_*/
/// vqa_result.json. Of the complex category `answers` has those of annotation_3_in_1 alone, and
/// `complex` has what annotation_blip, annotation_clip and labels/annotation_obj_detection_2d (of
/// old: annotation_obj_detection) say, where all three are there. FileError for all else.
CompBenchAnswers load_compbench_answers(const std::filesystem::path& path);

}  // namespace lidit::benchmarks
