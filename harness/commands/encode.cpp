#include "harness/commands/encode.h"

#include <ATen/core/Tensor.h>
#include <fmt/format.h>

#include <chrono>
#include <map>

#include "ablations/spec_file.h"
#include "encoders/feature_file.h"
#include "encoders/open_encoder.h"
#include "encoders/strategies/settings.h"
#include "harness/device.h"
#include "harness/exit_code.h"
#include "harness/prompt_file.h"
#include "harness/settings.h"
#include "results/errors.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;

/// Features are the states as the model gives them: what is done to them later changes nothing.
bool changes_features(const std::string& key) {
  return key.starts_with("encoder.") && !key.ends_with(".feature_norm") &&
         !key.ends_with(".crop") && !key.ends_with(".layer_freeze_at");
}

Fields asked_for(const EncodeOptions& options) {
  Fields asked = {{"strategy", options.strategy}};
  if (!options.model.empty()) asked["encoder.model"] = options.model;
  for (const std::string& text : options.overrides) {
    const Override change = parse_override(text, experiment_schema());
    if (!changes_features(change.key)) {
      throw UserError("encode: --set " + change.key +
                      " does not change what is written; set encoder.model, encoder.layer, "
                      "encoder.dtype, encoder.instruction, encoder.template or encoder.bos");
    }
    asked[change.key] = change.value;
  }
  return asked;
}

EncoderSettings only_encoder(const Fields& resolved, const std::string& strategy) {
  const StrategySettings settings = parse_strategy_settings(resolved);
  if (settings.encoders.size() == 1) return settings.encoders.front().source;
  throw UserError(fmt::format(
      "encode: {} joins {} encoders; encode each on its own with --strategy raw-llm --model",
      strategy, settings.encoders.size()));
}

void require_folder_of(const fs::path& file) {
  if (fs::is_directory(file) || !file.has_filename())
    throw UserError("encode: --out " + file.string() + " is a folder; name a file in it");
  const fs::path folder = file.has_parent_path() ? file.parent_path() : ".";
  if (fs::is_directory(folder)) return;
  throw UserError("encode: --out " + file.string() + ": there is no folder " + folder.string());
}

std::map<std::string, std::string> describe_features(const EncoderSettings& settings,
                                                     const Identity& identity) {
  std::map<std::string, std::string> metadata = {{"model", settings.model}};
  for (const auto& [key, value] : feature_fields(settings)) {
    const auto* text = std::get_if<std::string>(&value);
    metadata[key] = text ? *text : to_text(value);
  }
  for (const auto& [key, hash] : identity.hashes)
    if (key.starts_with("encoder.")) metadata["hash." + key] = to_text(hash);
  return metadata;
}

}  // namespace

int execute(const EncodeOptions& options, const CommandContext& context) {
  require_folder_of(options.out);
  const Fields resolved = resolve(asked_for(options), context.home.root);
  const EncoderSettings settings = only_encoder(resolved, options.strategy);
  const std::vector<Prompt> prompts = read_prompt_file(options.prompts, context.in);
  const Device device = open_device(options.device);
  const auto begin = std::chrono::steady_clock::now();
  const FeatureFile file =
      open_prompt_encoder(settings, context.home.root, device.device)->encode_to_file(prompts);
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
  write_feature_file(options.out, file,
                     describe_features(settings, identify(resolved, context.home.root)));
  context.talk << fmt::format("{} prompts, {} tokens in {:.1f} s on {}: {}\n", prompts.size(),
                              file.token_ids.size(0), passed.count(), device.name, options.out);
  return exit_done;
}

}  // namespace lidit
