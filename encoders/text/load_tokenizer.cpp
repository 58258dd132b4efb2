#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "encoders/text/gguf_tokenizer.h"
#include "encoders/text/json_reader.h"
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

/// tokenizer.json, or the only GGUF file of the folder.
fs::path tokenizer_in(const fs::path& folder) {
  std::error_code unreadable;  // then nothing is found, and the sentence says so
  if (fs::exists(folder / "tokenizer.json", unreadable)) return folder / "tokenizer.json";
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder, unreadable))
    if (entry.path().extension() == ".gguf") found.push_back(entry.path());
  if (found.size() != 1)
    throw FileError(fmt::format(
        "{}: holds no tokenizer.json and {} GGUF files; one of them says how to tokenise.",
        folder.string(), found.size()));
  return found.front();
}

/// The BOS token of the tokenizer_config.json beside `path`; it is a string or an added token.
std::optional<std::string> bos_beside(const fs::path& path) {
  const fs::path beside = path.parent_path() / "tokenizer_config.json";
  std::error_code unreadable;
  if (!fs::exists(beside, unreadable)) return std::nullopt;
  const MappedFile file(beside);
  const auto json = parse_json(text_of(file), beside.string());
  const JsonReader config(json, beside.string());
  if (!config.has("bos_token")) return std::nullopt;
  return json["bos_token"].is_object() ? config.object("bos_token").text("content")
                                       : config.text("bos_token");
}

}  // namespace

std::shared_ptr<const Tokenizer> load_tokenizer(const fs::path& path) {
  std::error_code unreadable;
  const fs::path source = fs::is_directory(path, unreadable) ? tokenizer_in(path) : path;
  const MappedFile file(source);
  const std::string where = source.string();
  if (is_gguf(file.bytes())) return gguf_tokenizer(parse_gguf_metadata(file.bytes(), where), where);
  return parse_tokenizer_json(text_of(file), where, bos_beside(source));
}

}  // namespace lidit
