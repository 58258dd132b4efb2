// Any bytes as every kind of prompt file: prompts, or one FileError.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "metrics/prompts/compbench_prompts.h"
#include "metrics/prompts/csv.h"
#include "metrics/prompts/dpg_prompts.h"
#include "metrics/prompts/genai_prompts.h"
#include "metrics/prompts/geneval_prompts.h"
#include "metrics/prompts/question_graph.h"
#include "metrics/prompts/sugar_crepe.h"
#include "metrics/prompts/text_file.h"
#include "metrics/prompts/tifa_questions.h"

namespace {

template <class Parse>
void accept_or_refuse(Parse parse) {
  try {
    parse();
  } catch (const lidit::FileError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lidit::benchmarks;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  accept_or_refuse([&] { parse_csv(text, "f"); });
  accept_or_refuse([&] { parse_tsv(text, "f"); });
  accept_or_refuse([&] { parse_question_graph(text, "f"); });
  accept_or_refuse([&] { parse_geneval(text, "f"); });
  accept_or_refuse([&] { parse_compbench(text, "f"); });
  accept_or_refuse([&] { parse_dpg_prompts(text, "f"); });
  accept_or_refuse([&] { parse_tifa(text, "f"); });
  accept_or_refuse([&] { parse_swapped_captions(text, "f"); });
  accept_or_refuse([&] { parse_genai_skills(text, parse_genai(text, "f").prompts, "f"); });
  accept_or_refuse([&] { unpack_gzip(text, "f", 1 << 20); });
  return 0;
}
