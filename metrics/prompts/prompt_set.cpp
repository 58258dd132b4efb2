#include "metrics/prompts/prompt_set.h"

#include <fmt/format.h>

#include <set>

#include "metrics/prompts/compbench_prompts.h"
#include "metrics/prompts/csv.h"
#include "metrics/prompts/dpg_prompts.h"
#include "metrics/prompts/genai_prompts.h"
#include "metrics/prompts/geneval_prompts.h"
#include "metrics/prompts/question_graph.h"
#include "metrics/prompts/sugar_crepe.h"
#include "metrics/prompts/text_file.h"
#include "metrics/prompts/tifa_questions.h"

namespace lidit::benchmarks {
namespace fs = std::filesystem;
namespace {

using Prompts = std::vector<BenchmarkPrompt>;

Prompts load_geneval_set(const fs::path& data) {
  const auto path = data / "geneval" / "evaluation_metadata.jsonl";
  Prompts prompts;
  for (const GenEvalPrompt& prompt : parse_geneval(read_text(path), path.string()))
    prompts.push_back({fmt::format("{:05}", prompts.size()), prompt.prompt, prompt.tag});
  return prompts;
}

Prompts load_compbench_set(const fs::path& data, std::string_view split, ColorVal color_val) {
  Prompts prompts;
  for (const CompBenchCategory& category : compbench_categories()) {
    std::int64_t number = 0;
    for (std::string& text :
         load_compbench(data / "t2i-compbench", category.name, split, color_val))
      prompts.push_back({fmt::format("{}/{:03}", category.name, number++), std::move(text),
                         std::string(category.name)});
  }
  return prompts;
}

Prompts load_compbench_val(const fs::path& data) {
  return load_compbench_set(data, "val", ColorVal::of_2025);
}
Prompts load_compbench_val_2023(const fs::path& data) {
  return load_compbench_set(data, "val", ColorVal::of_2023);
}
Prompts load_compbench_train(const fs::path& data) {
  return load_compbench_set(data, "train", ColorVal::of_2025);
}

Prompts load_dpg_set(const fs::path& data) {
  const auto path = data / "dpg-bench" / "dpg_prompts.jsonl";
  Prompts prompts;
  for (DpgPrompt& prompt : parse_dpg_prompts(read_text(path), path.string()))
    prompts.push_back({prompt.id, std::move(prompt.text), dpg_source(prompt.id)});
  return prompts;
}

Prompts load_dsg_set(const fs::path& data) {
  const auto path = data / "dsg-1k" / "dsg-1k-anns.csv";
  Prompts prompts;
  for (QuestionItem& item : parse_question_graph(read_text(path), path.string()).items)
    prompts.push_back({item.id, std::move(item.prompt), item.id.substr(0, item.id.rfind('_'))});
  return prompts;
}

Prompts load_genai_set(const fs::path& data) {
  const auto path = data / "genai-bench" / "genai_image_527.json";
  Prompts prompts;
  for (GenAiPrompt& prompt : parse_genai(read_text(path), path.string()).prompts)
    prompts.push_back({prompt.id, std::move(prompt.prompt), "all"});
  return prompts;
}

Prompts load_parti_set(const fs::path& data) {
  const auto path = data / "partiprompts" / "PartiPrompts.tsv";
  const CsvTable table = parse_tsv(read_text(path), path.string());
  const std::size_t text = table.column("Prompt", path.string());
  const std::size_t category = table.column("Category", path.string());
  Prompts prompts;
  for (const CsvRow& row : table.rows)
    prompts.push_back({fmt::format("{:05}", prompts.size()), row.cells[text], row.cells[category]});
  return prompts;
}

Prompts load_tifa_set(const fs::path& data) {
  const auto path = data / "tifa" / "sample_question_answers.json";
  Prompts prompts;
  for (TifaCaption& caption : parse_tifa(read_text(path), path.string()))
    prompts.push_back(
        {caption.id, std::move(caption.caption), caption.id.substr(0, caption.id.rfind('_'))});
  return prompts;
}

Prompts load_sugar_crepe_set(const fs::path& data) {
  Prompts prompts;
  for (SwappedCaption& swapped : load_swapped_captions(data / "sugar-crepe"))
    prompts.push_back({std::to_string(prompts.size()), std::move(swapped.caption), "swap_att"});
  return prompts;
}

constexpr PromptSetEntry kPromptSets[] = {
    {"geneval", "MIT", "six tasks about objects; one task a category", kGenEvalPrompts,
     load_geneval_set},
    {"t2i-compbench", "MIT", "300 validation prompts of each of eight categories",
     8 * kCompBenchPrompts, load_compbench_val},
    {"t2i-compbench-2023", "MIT", "the same with color_val as it was before September 2025",
     8 * kCompBenchPrompts, load_compbench_val_2023},
    {"t2i-compbench-train", "MIT", "700 training prompts of each category, never scored", 5600,
     load_compbench_train},
    {"dpg-bench", "Apache-2.0", "long prompts; one source a category", kDpgPrompts, load_dpg_set},
    {"dsg-1k", "Apache-2.0", "prompts of ten sources with 8,182 questions", kDsgPrompts,
     load_dsg_set},
    {"genai-bench", "Apache-2.0", "the 527 prompts with human ratings of six systems",
     kGenAiRatedPrompts, load_genai_set},
    {"partiprompts", "Apache-2.0", "prompts for human comparisons, in twelve categories", 1632,
     load_parti_set},
    {"tifa-sample", "Apache-2.0", "two captions with 19 multiple-choice questions", 2,
     load_tifa_set},
    {"sugar-crepe", "MIT", "captions with negatives in which attributes are swapped, never scored",
     kSwappedAttributes, load_sugar_crepe_set},
};

}  // namespace

fs::path prompt_data(const fs::path& source) { return source / "metrics" / "prompts"; }

std::span<const PromptSetEntry> prompt_set_table() { return kPromptSets; }

Prompts load_prompt_set(const PromptSetEntry& entry, const fs::path& data) {
  Prompts prompts = entry.load(data);
  std::set<std::string_view> ids;
  for (const BenchmarkPrompt& prompt : prompts)
    if (!ids.insert(prompt.id).second)
      throw FileError(fmt::format("{}: two prompts are called '{}'", entry.name, prompt.id));
  if (std::ssize(prompts) != entry.prompts)
    throw FileError(fmt::format("{}: {} prompts in {} where {} were published", entry.name,
                                prompts.size(), data.string(), entry.prompts));
  return prompts;
}

}  // namespace lidit::benchmarks
