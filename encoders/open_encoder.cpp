#include <fmt/format.h>

#include "encoders/encoder_facts.h"
#include "encoders/encoder_settings.h"
#include "encoders/feature_folder.h"
#include "encoders/feature_store.h"
#include "encoders/llm/prompt_encoder.h"
#include "encoders/model_files.h"
#include "encoders/open_encoder.h"
#include "encoders/text/templated_tokenizer.h"
#include "results/errors.h"

namespace lidit {
namespace {

/// All that decides an encoder's features besides the prompt.
Fields store_key(const EncoderSettings& settings, const std::vector<std::int64_t>& layers,
                 const std::filesystem::path& home) {
  Fields key = feature_fields(settings);
  key.erase("layer");
  if (is_trained(settings.layer_mix))
    key["layer_mix"] = std::string("normalized");  // for all alike
  key["layers"] = layers;
  key["numerics"] = kFeatureNumerics;
  key.merge(encoder_hashes(settings.model, home));
  return key;
}

struct Opened {
  std::vector<std::int64_t> layers;
  std::shared_ptr<const PromptEncoder> encoder;
};

Opened open(const EncoderSettings& settings, const std::filesystem::path& home, c10::Device device,
            const std::shared_ptr<LoadedModels>& loaded, bool share_beginnings) {
  TORCH_CHECK(settings.dtype == at::kFloat || settings.dtype == at::kBFloat16,
              "features are fp32 or bf16, not ", settings.dtype);
  if (features_folder(settings.model))
    throw UserError(settings.model + " holds features already: there is no model to run");
  const ModelFiles files = find_model(settings.model, home);
  const ConfigReader config = read_config(files);
  const Family& family = find_family(config);
  const LanguageModelShape shape = family.shape(config);
  const std::vector<std::int64_t> layers = resolve_layers(settings.kept_layers(), shape);
  const auto vocabulary = load_tokenizer(files.tokenizer);
  if (vocabulary->vocabulary_size() > shape.vocabulary)
    throw FileError(fmt::format("{} has {} tokens, but the model {} knows {}",
                                files.tokenizer.string(), vocabulary->vocabulary_size(),
                                settings.model, shape.vocabulary));
  const auto tokenizer =
      std::make_shared<const TemplatedTokenizer>(vocabulary, settings.prompt_template(shape));
  const LoadedModels::Load load = [config, files, &family, dtype = settings.dtype, device] {
    return files.untrained ? family.make_untrained(config, kUntrainedSeed, dtype, device)
                           : family.load(config, open_weights(files), dtype, device);
  };
  const std::string key =
      fmt::format("{} {} {}", settings.model, c10::toString(settings.dtype), device.str());
  PromptEncoderParts parts{
      .shape = shape,
      .layers = layers,
      .mix = settings.layer_mix,
      .dtype = settings.dtype,
      .prefix = tokenizer->prefix(),
      .masked_prefix = tokenizer->masked_prefix(),
      .share_beginnings = share_beginnings,
      .tokenize = [tokenizer](std::string_view text) { return tokenizer->encode_caption(text); },
      .load = [load, key, loaded] { return loaded ? loaded->get(key, load) : load(); }};
  return {layers, std::make_shared<PromptEncoder>(std::move(parts))};
}

}  // namespace

std::shared_ptr<const LanguageModel> LoadedModels::get(const std::string& key, const Load& load) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const LanguageModel>& model = models_[key];
  if (!model) model = load();
  return model;
}

std::shared_ptr<const PromptEncoder> open_prompt_encoder(const EncoderSettings& settings,
                                                         const std::filesystem::path& home,
                                                         c10::Device device,
                                                         std::shared_ptr<LoadedModels> loaded,
                                                         bool share_beginnings) {
  return open(settings, home, device, loaded, share_beginnings).encoder;
}

std::shared_ptr<const FeatureSource> open_encoder(const EncoderSettings& settings,
                                                  const std::filesystem::path& home,
                                                  c10::Device device) {
  if (const auto folder = features_folder(settings.model))
    return std::make_shared<FeatureFolder>(*folder, settings.kept_layers(), settings.layer_mix);
  const Opened opened = open(settings, home, device, {}, true);
  return std::make_shared<StoredSource>(
      opened.encoder, FeatureStoreOptions{.folder = home / "features",
                                          .key = store_key(settings, opened.layers, home)});
}

}  // namespace lidit
