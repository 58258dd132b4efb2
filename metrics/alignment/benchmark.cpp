#include "metrics/alignment/benchmark.h"

#include <fmt/format.h>

#include <algorithm>

#include "metrics/alignment/compbench_score.h"
#include "metrics/alignment/genai_score.h"
#include "metrics/alignment/geneval_score.h"
#include "metrics/alignment/published_prompts.h"
#include "metrics/alignment/question_score.h"
#include "metrics/alignment/three_in_one.h"
#include "metrics/alignment/tifa_score.h"
#include "metrics/prompts/compbench_prompts.h"
#include "metrics/prompts/prompt_set.h"
#include "metrics/prompts/text_file.h"
#include "results/errors.h"
#include "results/names.h"

namespace lidit::benchmarks {
namespace {

namespace fs = std::filesystem;
using Images = std::vector<ExpectedImage>;

std::span<const Switch> no_switches() { return {}; }
std::span<const SwitchPreset> no_presets() { return {}; }

fs::path prompts_path(const ScoreRequest& request, const fs::path& published) {
  return request.prompts.value_or(request.data / published);
}

fs::path needed_prompts(const ScoreRequest& request, std::string_view what) {
  if (request.prompts) return *request.prompts;
  throw UserError(fmt::format("say --prompts: {} is not part of this program", what));
}

void refuse_categories(const ScoreRequest& request) {
  if (!request.categories.empty())
    throw UserError(
        "--category chooses among the categories of t2i-compbench; this benchmark is "
        "scored whole");
}

std::string where(const ScoreRequest& request) { return request.judge.string(); }

// GenEval

std::vector<GenEvalPrompt> geneval_prompts(const ScoreRequest& request) {
  refuse_categories(request);
  const fs::path path = prompts_path(request, "geneval/evaluation_metadata.jsonl");
  return parse_geneval(read_text(path), path.string());
}

BenchmarkScore geneval_score(const ScoreRequest& request, const Switches&) {
  return score_geneval(geneval_prompts(request),
                       parse_geneval_results(read_text(request.judge), where(request)),
                       request.missing, where(request));
}

Images geneval_images(const ScoreRequest& request, const Switches&) {
  Images images;
  std::int64_t number = 0;
  for (const GenEvalPrompt& prompt : geneval_prompts(request)) {
    const std::string id = fmt::format("{:05}", number++);
    for (std::int64_t image = 0; image < kGenEvalImages; ++image)
      images.push_back({.prompt = id,
                        .category = prompt.tag,
                        .text = prompt.prompt,
                        .image = image,
                        .files = {fmt::format("{}/samples/{:05}.png", id, image),
                                  fmt::format("{}/samples/{:04}.png", id, image)}});
  }
  return images;
}

// T2I-CompBench

constexpr std::string_view kOfTheFirstPaper[] = {"color",   "shape",       "texture",
                                                 "spatial", "non_spatial", "complex"};

CompBenchPrompts compbench_prompts(const ScoreRequest& request, const Switches& switches) {
  std::vector<std::string> names, wanted = request.categories;
  for (const CompBenchCategory& category : compbench_categories())
    names.emplace_back(category.name);
  if (wanted.empty()) wanted.assign(std::begin(kOfTheFirstPaper), std::end(kOfTheFirstPaper));
  const ColorVal color_val =
      switches["color_val"] == "2023" ? ColorVal::of_2023 : ColorVal::of_2025;
  CompBenchPrompts prompts;
  for (const std::string& category : wanted) {
    if (std::ranges::find(names, category) == names.end())
      throw UserError(unknown_name("category", category, names));
    prompts[category] =
        load_compbench(prompts_path(request, "t2i-compbench"), category, "val", color_val);
  }
  return prompts;
}

/// The lists beside the prompts that are scored, or else the published ones.
ComplexKinds complex_kinds(const ScoreRequest& request) {
  const fs::path own = prompts_path(request, "t2i-compbench");
  return load_complex_kinds(
      fs::exists(own / "complex_val_spatial.txt") ? own : request.data / "t2i-compbench");
}

BenchmarkScore compbench_score(const ScoreRequest& request, const Switches& switches) {
  const CompBenchPrompts prompts = compbench_prompts(request, switches);
  CompBenchAnswers answers = load_compbench_answers(request.judge);
  const auto complex = prompts.find("complex");
  if (complex != prompts.end() && !answers.complex.empty())
    recompute_three_in_one(answers, complex->second, complex_kinds(request), switches);
  return score_compbench(prompts, answers, switches, request.missing, where(request));
}

Images compbench_images(const ScoreRequest& request, const Switches& switches) {
  Images images;
  for (const auto& [category, prompts] : compbench_prompts(request, switches)) {
    for (std::int64_t number = 0; number < std::ssize(prompts) * kCompBenchImages; ++number) {
      const std::int64_t prompt = number / kCompBenchImages;
      const std::string& text = prompts[static_cast<std::size_t>(prompt)];
      images.push_back({.prompt = fmt::format("{}/{:03}", category, prompt),
                        .category = category,
                        .text = text,
                        .image = number % kCompBenchImages,
                        .files = {fmt::format("{}/samples/{}_{:06}.png", category, text, number)}});
    }
  }
  return images;
}

// DPG-Bench and DSG-1k

QuestionGraph dpg_graph(const ScoreRequest& request) {
  refuse_categories(request);
  const fs::path path = needed_prompts(request, "dpg_bench.csv, the questions of DPG-Bench,");
  return parse_question_graph(read_text(path), path.string());
}

QuestionGraph dsg_graph(const ScoreRequest& request) {
  refuse_categories(request);
  const fs::path path = prompts_path(request, "dsg-1k/dsg-1k-anns.csv");
  return parse_question_graph(read_text(path), path.string());
}

BenchmarkScore dpg_score(const ScoreRequest& request, const Switches& switches) {
  return score_dpg(dpg_graph(request),
                   parse_graph_answers(read_text(request.judge), where(request)), switches,
                   request.missing, where(request));
}

BenchmarkScore dsg_score(const ScoreRequest& request, const Switches& switches) {
  return score_dsg(dsg_graph(request),
                   parse_graph_answers(read_text(request.judge), where(request)), switches,
                   request.missing, where(request));
}

/// ID.png is what is written; ID.EXT of another usual kind is as good.
std::vector<std::string> image_files(const std::string& id) {
  return {id + ".png", id + ".jpg", id + ".jpeg"};
}

Images one_file_each(const QuestionGraph& graph, std::int64_t tiles) {
  Images images;
  for (const QuestionItem& item : graph.items)
    images.push_back({.prompt = item.id,
                      .category = "",
                      .text = item.prompt,
                      .tiles = tiles,
                      .files = image_files(item.id)});
  return images;
}

Images dpg_images(const ScoreRequest& request, const Switches&) {
  return one_file_each(dpg_graph(request), kDpgTiles);
}
Images dsg_images(const ScoreRequest& request, const Switches&) {
  return one_file_each(dsg_graph(request), 1);
}

// TIFA

std::vector<TifaCaption> tifa_captions(const ScoreRequest& request) {
  refuse_categories(request);
  const fs::path path = needed_prompts(request, "tifa_v1.0_question_answers.json");
  return parse_tifa(read_text(path), path.string());
}

BenchmarkScore tifa_score(const ScoreRequest& request, const Switches&) {
  return score_tifa(tifa_captions(request),
                    parse_choice_answers(read_text(request.judge), where(request)), request.missing,
                    where(request));
}

Images tifa_images(const ScoreRequest& request, const Switches&) {
  Images images;
  for (const TifaCaption& caption : tifa_captions(request))
    images.push_back({.prompt = caption.id,
                      .category = "",
                      .text = caption.caption,
                      .files = image_files(caption.id)});
  return images;
}

// GenAI-Bench

/// The prompts, in a file or in a folder with the skills beside them.
fs::path genai_file(const ScoreRequest& request, const char* in_folder) {
  const fs::path path = prompts_path(request, "genai-bench/genai_image_527.json");
  return fs::is_directory(path) ? path / in_folder : path;
}

GenAiSet genai_set(const ScoreRequest& request) {
  refuse_categories(request);
  const fs::path path = genai_file(request, "genai_image.json");
  return parse_genai(read_text(path), path.string());
}

BenchmarkScore genai_score(const ScoreRequest& request, const Switches&) {
  const GenAiSet set = genai_set(request);
  const fs::path skills = genai_file(request, "genai_skills.json");
  const bool has_skills = skills.filename() == "genai_skills.json" && fs::exists(skills);
  return score_genai(set,
                     has_skills
                         ? parse_genai_skills(read_text(skills), set.prompts, skills.string())
                         : GenAiSkills(),
                     parse_prompt_scores(read_text(request.judge), where(request)), request.missing,
                     where(request));
}

BenchmarkScore genai_human_score(const ScoreRequest& request, const Switches&) {
  return score_genai_human(genai_set(request),
                           parse_prompt_scores(read_text(request.judge), where(request)),
                           request.missing, where(request));
}

Images genai_files(const ScoreRequest& request, const std::string& system) {
  Images images;
  for (const GenAiPrompt& prompt : genai_set(request).prompts) {
    const std::string file = system.empty() ? prompt.id : system + "/" + prompt.id;
    images.push_back({.prompt = file,
                      .category = system,
                      .text = prompt.prompt,
                      .files = {file + ".png", file + ".jpeg", file + ".jpg"}});
  }
  return images;
}

Images genai_images(const ScoreRequest& request, const Switches&) {
  return genai_files(request, "");
}

Images genai_human_images(const ScoreRequest& request, const Switches&) {
  const auto set = genai_set(request);
  Images images;
  for (const auto& [system, unused] : set.prompts.front().ratings)
    for (ExpectedImage& image : genai_files(request, system)) images.push_back(std::move(image));
  return images;
}

// Numbers of prompts that were published; of GenAI-Bench the rated ones and all.
constexpr std::int64_t kOfGenEval[] = {kGenEvalPrompts}, kOfCompBench[] = {kCompBenchPrompts},
                       kOfDpg[] = {kDpgPrompts}, kOfDsg[] = {kDsgPrompts}, kOfTifa[] = {4081},
                       kOfGenAi[] = {kGenAiRatedPrompts, 1600};

constexpr Benchmark kBenchmarks[] = {
    {"geneval", "geneval-v1", "objects, counts, colours and positions that a detector finds",
     "evaluation_metadata.jsonl", "results.jsonl of the evaluator, one line an image", no_switches,
     no_presets, geneval_score, geneval_images, OfficialSeeds::shared, Verdicts::binary,
     kOfGenEval},
    {"t2i-compbench", "t2i-compbench-v1", "attributes and relations, by BLIP-VQA, UniDet and CLIP",
     "a folder of CATEGORY_val.txt",
     "JSON Lines {category, question_id, questions, answers}, or a folder with "
     "CATEGORY/annotation_*/vqa_result.json",
     compbench_switches, compbench_presets, compbench_score, compbench_images,
     OfficialSeeds::shared, Verdicts::graded, kOfCompBench, Counted::each_category},
    {"dpg-bench", "dpg-bench-v1",
     "dense prompts, four tiles each, by questions that build on others", "dpg_bench.csv",
     "JSON Lines {item_id, tile, answers}", dpg_switches, dpg_presets, dpg_score, dpg_images,
     OfficialSeeds::unstated, Verdicts::binary, kOfDpg},
    {"dsg-1k", "dsg-1k-v1", "questions that build on others, one image a prompt", "dsg-1k-anns.csv",
     "JSON Lines {item_id, answers}", dsg_switches, no_presets, dsg_score, dsg_images,
     OfficialSeeds::unstated, Verdicts::binary, kOfDsg},
    {"tifa", "tifa-v1", "multiple-choice questions about a caption's elements",
     "tifa_v1.0_question_answers.json", "JSON Lines {id, answers}", no_switches, no_presets,
     tifa_score, tifa_images, OfficialSeeds::unstated, Verdicts::binary, kOfTifa},
    {"genai-bench", "genai-bench-v1", "VQAScore of one system, by skill",
     "genai_image.json, or a folder with genai_skills.json beside it", "JSON Lines {id, score}",
     no_switches, no_presets, genai_score, genai_images, OfficialSeeds::unstated, Verdicts::graded,
     kOfGenAi},
    {"genai-human", "genai-human-v1", "agreement of VQAScore with the ratings of six systems",
     "genai_image.json", "JSON Lines {id, model, score}", no_switches, no_presets,
     genai_human_score, genai_human_images, OfficialSeeds::unstated, Verdicts::graded, kOfGenAi,
     Counted::one_category},
};

Switches switches_of(const Benchmark& benchmark, const ScoreRequest& request) {
  return Switches(benchmark.switches(), benchmark.presets(), request.legacy);
}

}  // namespace

std::span<const Benchmark> benchmark_table() { return kBenchmarks; }

BenchmarkScore score_benchmark(const Benchmark& benchmark, const ScoreRequest& request) {
  const Switches switches = switches_of(benchmark, request);
  BenchmarkScore score = benchmark.score(request, switches);
  mark_partial(score, count_prompts(benchmark, benchmark.images(request, switches)));
  return score;
}

Images expected_images(const Benchmark& benchmark, const ScoreRequest& request) {
  Images images = benchmark.images(request, switches_of(benchmark, request));
  for (const ExpectedImage& image : images) {
    if (!stays_inside(image.files.front()))
      throw FileError(fmt::format("'{}' is no id that can name an image", image.prompt));
  }
  return images;
}

}  // namespace lidit::benchmarks
