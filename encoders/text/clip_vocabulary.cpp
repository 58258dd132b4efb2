#include "encoders/text/clip_vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "encoders/text/byte_alphabet.h"
#include "encoders/text/byte_level_bpe.h"
#include "encoders/text/gunzip.h"
#include "encoders/text/pipeline_tokenizer.h"
#include "encoders/text/replace_normalizer.h"
#include "encoders/text/unicode_normalizers.h"
#include "encoders/text/utf8.h"
#include "results/errors.h"

namespace lidit {
namespace {

constexpr std::size_t kMostBytes = std::size_t{16} << 20;  // the published file has 3.3 MB
constexpr std::size_t kMostTokens = 49408;  // of CLIP; the file has more merges than that
constexpr std::string_view kEndOfWord = "</w>";

/// The letters of the alphabet in the order of their ids: those that stand for themselves first.
std::vector<std::string> letters() {
  std::vector<std::string> result;
  for (const bool themselves : {true, false})
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::string& letter = byte_alphabet()[byte];
      if ((code_point_at(letter, 0).value == byte) == themselves) result.push_back(letter);
    }
  return result;
}

ByteLevelBpeFile read_clip_merges(std::string_view text, std::string_view where) {
  ByteLevelBpeFile file{
      {}, {}, PreTokenizer(std::vector<SplitPattern>{}), false, std::string(kEndOfWord)};
  auto& stages = file.pre_tokenizer;
  stages = PreTokenizer(
      std::vector{SplitPattern(text_of(KnownPattern::clip), where, SplitBehavior::removed, true),
                  SplitPattern(text_of(KnownPattern::gpt2), where)});
  const auto add = [&](std::string token) {
    const auto id = static_cast<std::int32_t>(file.vocabulary.size());
    return file.vocabulary.emplace(std::move(token), id).second;
  };
  for (const std::string_view suffix : {std::string_view(), kEndOfWord})
    for (const std::string& letter : letters()) add(letter + std::string(suffix));
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    if (number == 0) {
      if (line.find("#version") == line.npos)
        throw FileError(fmt::format("{}: does not begin with a line of its version.", where));
      continue;
    }
    if (line.empty() || file.vocabulary.size() + 2 == kMostTokens) continue;
    const std::size_t space = line.find(' ');
    if (space == line.npos || space == 0 || space + 1 == line.size() ||
        line.find(' ', space + 1) != line.npos)
      throw FileError(fmt::format("{}: line {} is no pair of tokens.", where, number + 1));
    file.merges.emplace_back(line.substr(0, space), line.substr(space + 1));
    if (!add(file.merges.back().first + file.merges.back().second))
      throw FileError(fmt::format("{}: line {} makes a token twice.", where, number + 1));
  }
  return file;
}

std::unique_ptr<const Normalizer> clip_normalizer() {
  std::vector<std::unique_ptr<const Normalizer>> parts;
  parts.push_back(std::make_unique<UnicodeForm>(false, true));
  parts.push_back(std::make_unique<Replace>(RegularExpression("\\s+", "CLIP"), " "));
  parts.push_back(std::make_unique<Lowercase>());
  return std::make_unique<NormalizerSequence>(std::move(parts));
}

}  // namespace

std::shared_ptr<const Tokenizer> parse_clip_vocabulary(std::string_view compressed,
                                                       std::string_view where) {
  const std::string text = gunzip(compressed, where, kMostBytes);
  if (!is_utf8(text)) throw FileError(fmt::format("{}: is not UTF-8 when unpacked.", where));
  ByteLevelBpeFile file = read_clip_merges(text, where);
  PipelineParts parts;
  parts.vocabulary = file.vocabulary;
  const auto add_special = [&](const char* content, std::vector<std::int32_t>& side) {
    const auto id = static_cast<std::int32_t>(parts.vocabulary.size());
    if (!parts.vocabulary.emplace(content, id).second)
      throw FileError(
          fmt::format("{}: has the special token {} among its merges.", where, content));
    parts.added_tokens.push_back({content, id, true});
    side.push_back(id);
  };
  add_special("<|startoftext|>", parts.special_tokens.before);
  add_special("<|endoftext|>", parts.special_tokens.after);
  parts.bos = parts.special_tokens.before.front();
  parts.normalizer = clip_normalizer();
  parts.model = std::make_unique<ByteLevelBpe>(std::move(file), where);
  return std::make_shared<PipelineTokenizer>(std::move(parts));
}

}  // namespace lidit
