// Any bytes as every kind of judge file and as an audit of one: judgements, or one FileError.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "metrics/judges/compbench_answers.h"
#include "metrics/judges/geneval_results.h"
#include "metrics/judges/judge_audit.h"
#include "metrics/judges/question_answers.h"

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
  accept_or_refuse([&] { parse_geneval_results(text, "f"); });
  accept_or_refuse([&] { parse_compbench_answers(text, "f"); });
  accept_or_refuse([&] { parse_graph_answers(text, "f"); });
  accept_or_refuse([&] { parse_choice_answers(text, "f"); });
  accept_or_refuse([&] { parse_prompt_scores(text, "f"); });
  accept_or_refuse([&] { parse_judge_audit(text, "f"); });
  return 0;
}
