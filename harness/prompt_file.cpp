#include "harness/prompt_file.h"

#include <iterator>
#include <string_view>

#include "results/errors.h"
#include "results/files.h"

namespace lidit {
namespace {

constexpr std::uint64_t kPromptFileLimit = std::uint64_t{1} << 30;  // bytes
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

std::vector<Prompt> read_prompt_file(const std::filesystem::path& file, std::istream& in) {
  const bool piped = file == "-";
  const std::string text = piped ? std::string(std::istreambuf_iterator<char>(in), {})
                                 : read_file(file, kPromptFileLimit);
  std::string_view rest = text;
  if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  std::vector<Prompt> prompts;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    prompts.push_back({std::string(line)});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!prompts.empty()) return prompts;
  throw UserError((piped ? "standard input" : file.string()) + " has no prompts: write one a line");
}

}  // namespace lidit
