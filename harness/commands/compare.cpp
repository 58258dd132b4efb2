#include "harness/commands/compare.h"

#include <fmt/format.h>

#include "harness/exit_code.h"

namespace lidit {

int execute(const CompareOptions& options, const CommandContext& context) {
  human::ComparisonOptions comparison{.first = options.first,
                                      .second = options.second,
                                      .question = options.question,
                                      .seed = static_cast<std::uint64_t>(options.seed)};
  if (options.count > 0) comparison.count = options.count;
  const human::ComparisonKey key = human::write_comparison(comparison, options.out);
  const std::filesystem::path folder = options.out;
  context.talk << fmt::format(
      "{} pairs of '{}' and '{}': open {} in a browser, or send index.html and images/ to raters "
      "(key.jsonl stays here);\n"
      "then: lidit score --benchmark human --images {} --judge ANSWERS.csv\n",
      key.pairs.size(), key.first, key.second, (folder / "index.html").string(), options.out);
  return exit_done;
}

}  // namespace lidit
