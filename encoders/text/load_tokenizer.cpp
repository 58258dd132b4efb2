#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "encoders/text/clip_vocabulary.h"
#include "encoders/text/gguf_tokenizer.h"
#include "encoders/text/gunzip.h"
#include "encoders/text/json_reader.h"
#include "encoders/text/sentencepiece_reader.h"
#include "encoders/text/tiktoken_file.h"
#include "encoders/text/tokenizer.h"
#include "encoders/text/tokenizer_json.h"
#include "encoders/weights/gguf_reader.h"
#include "encoders/weights/mapped_file.h"
#include "results/errors.h"
#include "results/json.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;

std::string_view text_of(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

constexpr const char* kTokenizerFiles[] = {"tokenizer.json", "tokenizer.model", "spiece.model"};

/// The first of kTokenizerFiles, or the only GGUF file of the folder.
fs::path tokenizer_in(const fs::path& folder) {
  std::error_code unreadable;  // then nothing is found, and the sentence says so
  for (const char* name : kTokenizerFiles)
    if (fs::exists(folder / name, unreadable)) return folder / name;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder, unreadable))
    if (entry.path().extension() == ".gguf") found.push_back(entry.path());
  if (found.size() != 1)
    throw FileError(
        fmt::format("{}: holds no {} and {} GGUF files; one of them says how to tokenise.",
                    folder.string(), fmt::join(kTokenizerFiles, ", "), found.size()));
  return found.front();
}

/// The tokenizer_config.json beside a tokenizer's file.
class TokenizerConfig {
 public:
  explicit TokenizerConfig(const fs::path& tokenizer)
      : path_(tokenizer.parent_path() / "tokenizer_config.json") {
    std::error_code unreadable;
    if (!fs::exists(path_, unreadable)) return;
    const MappedFile file(path_);
    json_ = parse_json(text_of(file), path_.string());
    JsonReader(json_, path_.string());  // an object
  }

  /// A string or an added token.
  std::optional<std::string> bos() const {
    if (!has("bos_token")) return std::nullopt;
    return json_["bos_token"].is_object() ? reader().object("bos_token").text("content")
                                          : reader().text("bos_token");
  }
  /// As the file says, or as the class of the tokenizer that it names does.
  SentencePieceFrame frame() const {
    SentencePieceFrame frame;
    const std::string type = has("tokenizer_class") ? reader().text("tokenizer_class") : "";
    frame.adds_bos = type.starts_with("Llama") || type.starts_with("Gemma");
    frame.adds_eos = type.starts_with("T5");
    if (has("add_bos_token")) frame.adds_bos = reader().boolean("add_bos_token");
    if (has("add_eos_token")) frame.adds_eos = reader().boolean("add_eos_token");
    return frame;
  }

 private:
  bool has(const char* key) const { return json_.is_object() && reader().has(key); }
  JsonReader reader() const { return {json_, path_.string()}; }

  fs::path path_;
  nlohmann::json json_;  // null: there is no such file
};

}  // namespace

std::shared_ptr<const Tokenizer> load_tokenizer(const fs::path& path,
                                                std::string_view tiktoken_encoding) {
  std::error_code unreadable;
  const fs::path source = fs::is_directory(path, unreadable) ? tokenizer_in(path) : path;
  const MappedFile file(source);
  const std::string where = source.string();
  const std::string_view text = text_of(file);
  if (is_tiktoken(text)) return parse_tiktoken(text, where, tiktoken_encoding);
  if (!tiktoken_encoding.empty())
    throw UserError(fmt::format(
        "{}: is no tiktoken file, and only such a file is read with an encoding.", where));
  if (is_gguf(file.bytes())) return gguf_tokenizer(parse_gguf_metadata(file.bytes(), where), where);
  if (is_gzip(text)) return parse_clip_vocabulary(text, where);
  const TokenizerConfig config(source);
  if (is_sentencepiece(text)) return parse_sentencepiece(text, where, config.frame());
  return parse_tokenizer_json(text, where, config.bos());
}

}  // namespace lidit
