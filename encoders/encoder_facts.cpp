#include "encoders/encoder_facts.h"

#include <fmt/format.h>

#include <numeric>
#include <set>

#include "encoders/feature_folder.h"
#include "encoders/file_hash_cache.h"
#include "encoders/model_files.h"
#include "encoders/text/templated_tokenizer.h"
#include "results/errors.h"

namespace lidit {
namespace {

bool has_prefix(const EncoderSettings& settings) {
  return settings.chat_template != "plain" || settings.system_text ||
         !settings.instruction.empty() || settings.bos != BosUse::keep;
}

/// Refuses a prefix that the model's attention or its tokens do not allow. Reading a tokenizer
/// takes a while and a sweep has many cells: each question is answered once.
void check_prefix(const EncoderSettings& source, const ModelFiles& files,
                  const LanguageModelShape& shape) {
  static thread_local std::set<std::vector<std::string>> checked;
  std::vector<std::string> question = {files.tokenizer.string(),
                                       source.chat_template,
                                       source.instruction,
                                       source.random_words ? "random" : "",
                                       source.system_text.value_or("template's own"),
                                       std::to_string(static_cast<int>(source.bos))};
  if (checked.contains(question)) return;
  TemplatedTokenizer(load_tokenizer(files.tokenizer), source.prompt_template(shape));
  checked.insert(std::move(question));
}

/// `count` numbers from `first` on.
std::vector<std::int64_t> counted(std::int64_t first, std::int64_t count) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

}  // namespace

EncoderKind encoder_kind(const std::string& model, const std::filesystem::path& home) {
  if (const auto folder = features_folder(model))
    return {.bidirectional = true, .layers = counted(0, FeatureFolder(*folder, {-1}).layers())};
  const ConfigReader config = read_config(find_model(model, home));
  const LanguageModelShape shape = find_family(config).shape(config);
  return {.bidirectional = !shape.causal, .layers = counted(1, shape.depth)};
}

CheckpointTemplate checkpoint_template(const std::string& model,
                                       const std::filesystem::path& home) {
  if (features_folder(model))
    throw UserError(
        "a folder of features brings no chat template: set encoder.template = \"plain\"");
  const ModelFiles files = find_model(model, home);
  return recognise_chat_template(read_chat_template(files.config), model);
}

ModelLookup look_up_in(const std::filesystem::path& home) {
  return {.kind = [home](const std::string& model) { return encoder_kind(model, home); },
          .chat_template =
              [home](const std::string& model) { return checkpoint_template(model, home); }};
}

void check_encoder(const EncoderSettings& settings, const std::filesystem::path& home) {
  if (const auto folder = features_folder(settings.model)) {
    if (has_prefix(settings))
      throw UserError(
          "these features were written with whatever stood before the prompt: set "
          "encoder.instruction = \"none\", encoder.template = \"plain\", encoder.system = "
          "\"template\" and encoder.bos = \"keep\"");
    FeatureFolder(*folder, settings.kept_layers());
    return;
  }
  const ModelFiles files = find_model(settings.model, home);
  const ConfigReader config = read_config(files);
  const LanguageModelShape shape = find_family(config).shape(config);
  resolve_layers(settings.kept_layers(), shape);
  if (has_prefix(settings)) check_prefix(settings, files, shape);
}

Fields encoder_hashes(const std::string& model, const std::filesystem::path& home) {
  const std::filesystem::path cache = home / "features" / "hashes";
  const auto hashes_of = [&](const std::vector<std::filesystem::path>& files) {
    std::vector<std::string> hashes;
    for (const auto& file : files) hashes.push_back(cached_sha256(file, cache));
    return hashes;
  };
  if (const auto folder = features_folder(model))
    return {{"features", hashes_of(FeatureFolder::paths(*folder))}};
  const ModelFiles files = find_model(model, home);
  const Value weights = files.untrained
                            ? Value(fmt::format("drawn at random, seed {}", kUntrainedSeed))
                            : Value(hashes_of(files.weights));
  Fields hashes{{"weights", weights},
                {"config", cached_sha256(files.config, cache)},
                {"tokenizer", cached_sha256(files.tokenizer, cache)}};
  const ConfigReader config = read_config(files);
  if (find_family(config).shape(config).pools_end_token) hashes["end_token"] = true;
  return hashes;
}

}  // namespace lidit
