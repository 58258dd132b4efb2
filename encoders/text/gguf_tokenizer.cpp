#include "encoders/text/gguf_tokenizer.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "encoders/text/byte_level_bpe.h"
#include "encoders/text/pipeline_tokenizer.h"
#include "results/errors.h"

namespace lidit {
namespace {

enum TokenType : std::int64_t { kNormal = 1, kControl = 3, kUserDefined = 4, kUnused = 5 };

class MetadataReader {
 public:
  MetadataReader(const Fields& metadata, std::string_view where)
      : metadata_(metadata), where_(where) {}

  template <class T>
  const T* find(std::string_view key) const {
    const auto found = metadata_.find(key);
    if (found == metadata_.end()) return nullptr;
    const T* value = std::get_if<T>(&found->second);
    if (!value) fail(fmt::format("'{}' is a {}", key, kind_name(found->second)));
    return value;
  }
  template <class T>
  const T& get(std::string_view key) const {
    const T* value = find<T>(key);
    if (!value) fail(fmt::format("has no '{}'", key));
    return *value;
  }
  std::string_view where() const { return where_; }
  [[noreturn]] void fail(std::string_view what) const {
    throw FileError(fmt::format("{}: {}.", where_, what));
  }

 private:
  const Fields& metadata_;
  std::string_view where_;
};

struct Tokens {
  Vocabulary all, ordinary;  // with and without the control tokens
  std::vector<AddedToken> added;
};

Tokens read_tokens(const MetadataReader& file) {
  const auto& contents = file.get<std::vector<std::string>>("tokenizer.ggml.tokens");
  const auto& types = file.get<std::vector<std::int64_t>>("tokenizer.ggml.token_type");
  if (types.size() != contents.size())
    file.fail(fmt::format("has {} tokens but {} token types", contents.size(), types.size()));
  if (contents.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
    file.fail("has too many tokens");
  Tokens tokens;
  for (std::size_t i = 0; i < contents.size(); ++i) {
    const auto id = static_cast<std::int32_t>(i);
    if (types[i] != kNormal && types[i] != kControl && types[i] != kUserDefined &&
        types[i] != kUnused)
      file.fail(
          fmt::format("token {} is of type {}, which byte-level BPE does not have", i, types[i]));
    if (contents[i].empty()) file.fail(fmt::format("token {} is empty", i));
    if (!tokens.all.emplace(contents[i], id).second)
      file.fail(fmt::format("token '{}' appears twice", contents[i]));
    if (types[i] == kControl || types[i] == kUserDefined)
      tokens.added.push_back({contents[i], id, types[i] == kControl});
    if (types[i] != kControl) tokens.ordinary.emplace(contents[i], id);
  }
  return tokens;
}

std::vector<std::pair<std::string, std::string>> read_merges(const MetadataReader& file) {
  std::vector<std::pair<std::string, std::string>> merges;
  for (const std::string& merge : file.get<std::vector<std::string>>("tokenizer.ggml.merges")) {
    const std::size_t space = merge.find(' ');
    if (space == merge.npos || merge.find(' ', space + 1) != merge.npos)
      file.fail(fmt::format("merge {} ('{}') is no pair of tokens", merges.size(), merge));
    merges.emplace_back(merge.substr(0, space), merge.substr(space + 1));
  }
  return merges;
}

std::optional<std::int32_t> read_id(const MetadataReader& file, std::string_view key,
                                    std::size_t count) {
  const auto* id = file.find<std::int64_t>(key);
  if (!id) return std::nullopt;
  if (*id < 0 || static_cast<std::uint64_t>(*id) >= count)
    file.fail(fmt::format("'{}' is {}, which is none of the {} tokens", key, *id, count));
  return static_cast<std::int32_t>(*id);
}

}  // namespace

std::shared_ptr<const Tokenizer> gguf_tokenizer(const Fields& metadata, std::string_view where) {
  const MetadataReader file(metadata, where);
  const auto& model = file.get<std::string>("tokenizer.ggml.model");
  if (model != "gpt2")
    file.fail(fmt::format(
        "the tokenizer model '{}' is not supported; supported is gpt2 (byte-level BPE)", model));
  const auto& pre = file.get<std::string>("tokenizer.ggml.pre");
  const GgufPreTokenizer* known = find_gguf_pre_tokenizer(pre);
  if (!known)
    file.fail(fmt::format("the pre-tokenizer '{}' is not supported; supported are {}", pre,
                          supported_gguf_pre_tokenizers()));
  if (const bool* space = file.find<bool>("tokenizer.ggml.add_space_prefix"); space && *space)
    file.fail("'tokenizer.ggml.add_space_prefix' is not supported");

  Tokens tokens = read_tokens(file);
  PipelineParts parts;
  parts.bos = read_id(file, "tokenizer.ggml.bos_token_id", tokens.all.size());
  const auto eos = read_id(file, "tokenizer.ggml.eos_token_id", tokens.all.size());
  const auto add = [&](std::string_view key, bool fallback, std::optional<std::int32_t> id,
                       std::vector<std::int32_t>& side) {
    const bool* wanted = file.find<bool>(key);
    if (!(wanted ? *wanted : fallback)) return;
    if (!id) file.fail(fmt::format("'{}' holds but the file does not name the token", key));
    side.push_back(*id);
  };
  add("tokenizer.ggml.add_bos_token", known->adds_bos, parts.bos, parts.special_tokens.before);
  add("tokenizer.ggml.add_eos_token", false, eos, parts.special_tokens.after);
  parts.model =
      std::make_unique<ByteLevelBpe>(ByteLevelBpeFile{std::move(tokens.ordinary), read_merges(file),
                                                      known->stages, known->ignore_merges},
                                     where);
  parts.added_tokens = std::move(tokens.added);
  parts.vocabulary = std::move(tokens.all);
  return std::make_shared<PipelineTokenizer>(std::move(parts));
}

}  // namespace lidit
