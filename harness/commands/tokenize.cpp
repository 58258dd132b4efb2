#include "harness/commands/tokenize.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "encoders/model_files.h"
#include "encoders/text/tokenizer.h"
#include "harness/exit_code.h"
#include "harness/prompt_file.h"
#include "results/errors.h"

namespace lidit {

int execute(const TokenizeOptions& options, const CommandContext& context) {
  if (options.model.empty() == options.tokenizer.empty()) {
    throw UserError("tokenize: give either --model NAME-OR-PATH or --tokenizer PATH");
  }
  const std::vector<Prompt> prompts = read_prompt_file(options.prompts, context.in);
  const auto tokenizer = load_tokenizer(options.tokenizer.empty()
                                            ? find_model(options.model, context.home.root).tokenizer
                                            : std::filesystem::path(options.tokenizer),
                                        options.encoding);
  for (const Prompt& prompt : prompts) {
    std::vector<std::int32_t> ids;
    for (const Token& token : tokenizer->encode(prompt.text, options.special)) {
      ids.push_back(token.id);
    }
    context.out << fmt::format("[{}]\n", fmt::join(ids, ", "));
  }
  return exit_done;
}

}  // namespace lidit
