#include "encoders/model_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>

#include "encoders/model_lock.h"
#include "encoders/text/tokenizer.h"
#include "encoders/weights/shard_index.h"
#include "results/errors.h"
#include "results/names.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;

bool is_gguf(const fs::path& path) { return path.extension() == ".gguf"; }

std::vector<fs::path> gguf_files(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (is_gguf(entry.path())) found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

/// The first of `names` that `folder` has.
std::optional<fs::path> first_of(const fs::path& folder,
                                 std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (fs::exists(folder / name)) return folder / name;
  return std::nullopt;
}

ModelFiles in_folder(const std::string& model, const fs::path& folder) {
  const std::vector<fs::path> gguf = gguf_files(folder);
  const fs::path config = folder / "config.json";
  if (gguf.size() == 1 && !fs::exists(config)) return {model, gguf[0], {gguf[0]}, gguf[0]};
  if (!gguf.empty())
    throw FileError(fmt::format("{} holds more than one model: name the one GGUF file you mean",
                                folder.string()));
  const auto weights = first_of(folder, {"model.safetensors", "model.safetensors.index.json"});
  const auto tokenizer = first_of(folder, {"tokenizer.json", "tokenizer.model", "spiece.model"});
  const auto missing = !fs::exists(config) ? "config.json"
                       : !weights          ? "model.safetensors"
                       : !tokenizer        ? "tokenizer.json"
                                           : nullptr;
  if (missing)
    throw FileError(fmt::format(
        "{} is missing: a model folder holds one GGUF file, or config.json, model.safetensors (or "
        "the index of its parts) and tokenizer.json (or tokenizer.model, spiece.model)",
        (folder / missing).string()));
  const bool sharded = weights->extension() == ".json";
  return {model, config, sharded ? read_shard_index(*weights) : std::vector<fs::path>{*weights},
          *tokenizer};
}

/// The lock's files must all be there; others that the user put beside them are not looked at.
void require_fetched(const LockedModel& model, const fs::path& folder) {
  for (const LockedModel::File& file : model.files)
    if (!fs::exists(folder / file.name))
      throw MachineError(
          fmt::format("model {} is not here: ./lidit models fetch {}", model.name, model.name));
}

std::vector<std::string> known_names(const fs::path& models) {
  std::vector<std::string> names;
  for (const LockedModel& model : model_lock()) names.push_back(model.name);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(models, error))
    if (entry.is_directory(error)) names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

std::string tensor_types(const WeightFiles& files) {
  std::map<std::string_view, std::int64_t> counts;
  for (const auto& file : files)
    for (const TensorView& tensor : file->tensors()) ++counts[name_of(tensor.type)];
  std::vector<std::string> parts;
  for (const auto& [type, count] : counts) parts.push_back(fmt::format("{} {}", count, type));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::uintmax_t total_bytes(const std::vector<fs::path>& files) {
  std::uintmax_t bytes = 0;
  for (const fs::path& file : files) bytes += fs::file_size(file);
  return bytes;
}

}  // namespace

ModelFiles find_model(std::string_view name_or_path, const fs::path& home) {
  const std::string model(name_or_path);
  if (name_or_path.starts_with(kUntrainedScheme)) {
    ModelFiles files = find_model(name_or_path.substr(kUntrainedScheme.size()), home);
    files.model = model;
    files.untrained = true;
    return files;
  }
  const fs::path path(model), models = home / "models";
  const auto locked = std::ranges::find(model_lock(), model, &LockedModel::name);
  if (locked != model_lock().end()) {
    require_fetched(*locked, models / model);
    return in_folder(model, models / model);
  }
  const bool is_name = !model.empty() && model.find('/') == model.npos && model[0] != '.';
  if (is_name && fs::is_directory(models / model)) return in_folder(model, models / model);
  if (fs::is_directory(path)) return in_folder(model, path);
  if (fs::is_regular_file(path) && is_gguf(path)) return {model, path, {path}, path};
  if (fs::exists(path))
    throw FileError(fmt::format("{} is no model: name a GGUF file or a folder", model));
  if (!is_name) throw UserError(fmt::format("there is no file or folder {}", model));
  throw UserError(unknown_name("model", model, known_names(models)));
}

ConfigReader read_config(const ModelFiles& files) {
  if (!is_gguf(files.config)) return ConfigReader::from_json_file(files.config);
  return ConfigReader::from_gguf(WeightFile::open(files.config)->metadata(), files.config);
}

WeightFiles open_weights(const ModelFiles& files) {
  WeightFiles open;
  for (const fs::path& path : files.weights) open.push_back(WeightFile::open(path));
  return open;
}

std::string describe_model(const ModelFiles& files) {
  const ConfigReader config = read_config(files);
  const Family& family = find_family(config);
  const LanguageModelShape shape = family.shape(config);
  const WeightFiles weights = open_weights(files);
  const auto tokenizer = load_tokenizer(files.tokenizer);
  const auto bos = tokenizer->bos();
  std::string text;
  const auto line = [&](std::string_view name, const auto& value) {
    text += fmt::format("{}: {}\n", name, value);
  };
  line("model", files.model);
  line("family", fmt::format("{} ({})", family.name, family.summary));
  line("blocks", shape.depth);
  line("width", shape.width);
  line("context", fmt::format("{} tokens", shape.context));
  line("vocabulary", shape.vocabulary);
  line("parameters", fmt::format("{} ({:.1f} M)", shape.parameters, shape.parameters / 1e6));
  line("attention", shape.causal ? "causal" : "bidirectional");
  if (files.untrained)
    line("weights", "drawn at random");
  else
    line("weights",
         fmt::format("{} ({:.1f} MB; {})", files.weights.front().string(),
                     static_cast<double>(total_bytes(files.weights)) / 1e6, tensor_types(weights)));
  line("tokenizer",
       fmt::format("{} ({} tokens, BOS {})", files.tokenizer.string(), tokenizer->vocabulary_size(),
                   bos ? std::to_string(*bos) : std::string("none")));
  return text;
}

}  // namespace lidit
