#include "metrics/judges/compbench_answers.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "metrics/prompts/compbench_prompts.h"
#include "metrics/prompts/text_file.h"

namespace lidit::benchmarks {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::int64_t kMostImages = 999'999;  // six digits
// Where the published scripts put their answers, below the folder of a category.
constexpr std::string_view kResultFolders[] = {"annotation_blip",
                                               "annotation_3_in_1",
                                               "annotation_clip",
                                               "annotation_num",
                                               "labels/annotation_obj_detection_2d",
                                               "labels/annotation_obj_detection_3d"};
// Where UniDet's answers of the complex category are; older scripts used the second.
constexpr std::string_view kUniDetFolders[] = {"labels/annotation_obj_detection_2d",
                                               "annotation_obj_detection"};

CompBenchAnswer parse_compbench_answer(const json& line, std::string_view place,
                                       std::string_view category) {
  CompBenchAnswer answer{
      .where = std::string(place),
      .category = category.empty() ? text_member(line, "category", place) : std::string(category),
      .question_id = count_member(line, "question_id", kMostImages, place)};
  if (line.contains("image")) answer.image = text_member(line, "image", place);
  if (!line.contains("questions")) {
    answer.finished = number_between(member(line, "answer", place), 0, 1, "'answer'", place);
    return answer;
  }
  answer.questions = texts_member(line, "questions", place);
  for (const json& node : list_member(line, "answers", place))
    answer.answers.push_back(number_between(node, 0, 1, "an answer", place));
  if (answer.answers.size() != answer.questions.size())
    throw FileError(fmt::format("{}: {} questions with {} answers", place, answer.questions.size(),
                                answer.answers.size()));
  return answer;
}

fs::path answers_file(const fs::path& category, std::string_view folder) {
  return category / folder / "vqa_result.json";
}

using ById = std::map<std::int64_t, CompBenchAnswer>;

ById load_by_id(const fs::path& file, std::string_view category) {
  ById answers;
  for (CompBenchAnswer& answer :
       parse_compbench_answers(read_text(file), file.string(), category).answers) {
    const std::int64_t id = answer.question_id;
    const std::string place = answer.where;
    if (!answers.emplace(id, std::move(answer)).second)
      throw FileError(fmt::format("{}: question {} is answered twice", place, id));
  }
  return answers;
}

double finished_answer(const CompBenchAnswer& answer) {
  if (answer.finished) return *answer.finished;
  throw FileError(fmt::format("{}: has no 'answer', one number for the image", answer.where));
}

/// Of the images that all three judges answered; none where one of the files is not there.
std::map<std::int64_t, ThreeAnswers> load_three_answers(const fs::path& complex) {
  fs::path unidet_file = answers_file(complex, kUniDetFolders[0]);
  if (!fs::exists(unidet_file)) unidet_file = answers_file(complex, kUniDetFolders[1]);
  const fs::path blip_file = answers_file(complex, "annotation_blip"),
                 clip_file = answers_file(complex, "annotation_clip");
  if (!fs::exists(blip_file) || !fs::exists(clip_file) || !fs::exists(unidet_file)) return {};
  const ById clip = load_by_id(clip_file, "complex"), unidet = load_by_id(unidet_file, "complex");
  std::map<std::int64_t, ThreeAnswers> all;
  for (auto& [id, answer] : load_by_id(blip_file, "complex")) {
    const auto of_clip = clip.find(id), of_unidet = unidet.find(id);
    if (of_clip == clip.end() || of_unidet == unidet.end()) continue;
    all[id] = {.blip_vqa = answer,
               .unidet = finished_answer(of_unidet->second),
               .clip = finished_answer(of_clip->second)};
  }
  return all;
}

}  // namespace

CompBenchAnswers parse_compbench_answers(std::string_view text, std::string_view where,
                                         std::string_view category) {
  CompBenchAnswers parsed;
  parsed.claims = for_each_judgement(text, where, [&](const json& line, std::string_view place) {
    parsed.answers.push_back(parse_compbench_answer(line, place, category));
  });
  return parsed;
}

CompBenchAnswers load_compbench_answers(const fs::path& path) {
  if (!fs::is_directory(path)) return parse_compbench_answers(read_text(path), path.string());
  CompBenchAnswers all;
  for (const CompBenchCategory& category : compbench_categories()) {
    for (const std::string_view folder : kResultFolders) {
      const fs::path file = answers_file(path / category.name, folder);
      const bool also_part_of_3_in_1 = category.name == "complex" && folder != "annotation_3_in_1";
      if (also_part_of_3_in_1 || !fs::exists(file)) continue;
      for (CompBenchAnswer& answer :
           parse_compbench_answers(read_text(file), file.string(), category.name).answers)
        all.answers.push_back(std::move(answer));
    }
  }
  all.complex = load_three_answers(path / "complex");
  if (all.answers.empty() && all.complex.empty())
    throw FileError(
        fmt::format("{}: no CATEGORY/annotation_*/vqa_result.json in it", path.string()));
  return all;
}

}  // namespace lidit::benchmarks
