#include "harness/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "encoders/encoder_facts.h"
#include "encoders/strategies/settings.h"
#include "encoders/strategy_table.h"
#include "harness/backbone/sizes.h"
#include "metrics/scenes/import_images.h"
#include "results/hash.h"
#include "results/names.h"

namespace lidit {
namespace {

Fields strategy_part(const Fields& settings) {
  Fields part;
  for (const auto& [key, value] : settings)
    if (is_strategy_key(key)) part.emplace(key, value);
  return part;
}

bool has_language_model(std::string_view strategy) {
  return !is_untrained(strategy) && strategy != kSceneTokens;
}

/// What a reference row sets that it does not use would make equal cells look different.
void refuse_strategy_keys(const Fields& settings, std::string_view strategy) {
  for (const auto& [key, value] : settings)
    if (is_strategy_key(key))
      throw SpecError(fmt::format("'{}' has no language model: {} does not apply", strategy, key));
}

WorldDataOptions world_options(const Fields& settings) {
  WorldDataOptions options;
  options.world.preset = get<std::string>(settings, "world.preset");
  options.world.seed = static_cast<std::uint64_t>(get<std::int64_t>(settings, "world.seed"));
  options.world.captions = get<std::int64_t>(settings, "world.captions");
  options.world.simple_share = get<double>(settings, "world.simple_share");
  options.world.fold = static_cast<int>(get<std::int64_t>(settings, "world.fold"));
  options.world.nonsense_words =
      get_or<std::string>(settings, "world.words", "english") == "nonsense";
  options.splits = get<std::vector<std::string>>(settings, "evaluation.splits");
  options.prompts = get<std::int64_t>(settings, "evaluation.prompts");
  return options;
}

LiDiTOptions backbone_options(const Fields& settings) {
  LiDiTOptions options = backbone_size(get<std::string>(settings, "backbone.size")).options();
  const scenes::Preset& preset = scenes::preset(get<std::string>(settings, "world.preset"));
  if (preset.width() != preset.height())
    throw SpecError(fmt::format("world '{}' is not square", preset.name));
  options.image_size = preset.width();
  options.channels = 3;
  options.patch = preset.patch;
  options.injection = kTextInjections.from_name(get<std::string>(settings, "backbone.injection"));
  options.pooled_text = get<bool>(settings, "backbone.pooled_text");
  options.seed = static_cast<std::uint64_t>(get<std::int64_t>(settings, "seed"));
  return options;
}

TrainOptions train_options(const Fields& settings) {
  const auto multiplier = get_or<double>(settings, "train.learning_rate_multiplier", 1);
  return {
      .steps = get<std::int64_t>(settings, "train.steps"),
      .batch = get<std::int64_t>(settings, "train.batch"),
      .optimizer = kOptimizers.from_name(get<std::string>(settings, "train.optimizer")),
      .backbone_lr = multiplier * get<double>(settings, "train.backbone_learning_rate"),
      .conditioner_lr = multiplier * get<double>(settings, "train.conditioner_learning_rate"),
      .muon_lr = multiplier * get<double>(settings, "train.muon_learning_rate"),
      .beta1 = get<double>(settings, "train.beta1"),
      .beta2 = get<double>(settings, "train.beta2"),
      .weight_decay = get<double>(settings, "train.weight_decay"),
      .warmup = get<std::int64_t>(settings, "train.warmup"),
      .clip = get<double>(settings, "train.clip"),
      .ema = get<double>(settings, "train.ema"),
      .drop = get<double>(settings, "train.drop"),
      .prediction = kPredictions.from_name(get<std::string>(settings, "train.prediction")),
      .density = kTimestepDensities.from_name(get<std::string>(settings, "train.density")),
      .seed = static_cast<std::uint64_t>(get<std::int64_t>(settings, "seed")),
  };
}

SamplerOptions sampler_options(const Fields& settings) {
  return {
      .steps = get<std::int64_t>(settings, "sample.steps"),
      .guidance = get<double>(settings, "sample.guidance"),
      .grid = kTimeGrids.from_name(get<std::string>(settings, "sample.grid")),
      .prediction = kPredictions.from_name(get<std::string>(settings, "train.prediction")),
      .seed = static_cast<std::uint64_t>(get<std::int64_t>(settings, "seed")),
  };
}

std::vector<ExternalMetric> external_metrics(const Fields& settings) {
  constexpr std::string_view kGroup = "metrics.";
  std::set<std::string> names;
  for (const auto& [key, value] : settings)
    if (key.starts_with(kGroup))
      names.insert(key.substr(kGroup.size(), key.find('.', kGroup.size()) - kGroup.size()));
  std::vector<ExternalMetric> metrics;
  for (const std::string& name : names) {
    const std::string key = fmt::format("{}{}.", kGroup, name);
    ExternalMetric metric{
        .name = name,
        .command = get_or<std::vector<std::string>>(settings, key + "command", {}),
        .seconds = get<double>(settings, key + "seconds")};
    check(metric);
    if (settings.contains(key + "higher_is_better"))
      metric.higher_is_better = get<bool>(settings, key + "higher_is_better");
    metrics.push_back(std::move(metric));
  }
  return metrics;
}

std::optional<ImageFolderOptions> image_folder(const Fields& settings) {
  const bool wanted = get<std::string>(settings, "strategy") == kImageFolder;
  for (const char* key : {"images.folder", "images.allow_missing"})
    if (!wanted && settings.contains(key))
      throw SpecError(fmt::format("{} belongs to strategy '{}'", key, kImageFolder));
  if (!wanted) return std::nullopt;
  std::string folder = get_or<std::string>(settings, "images.folder", "");
  if (folder.empty())
    throw SpecError(fmt::format("strategy '{}': images.folder is not set", kImageFolder));
  constexpr std::string_view kSeed = "{seed}";
  const std::size_t at = folder.find(kSeed);
  if (at != folder.npos)
    folder.replace(at, kSeed.size(), fmt::format("{}", get<std::int64_t>(settings, "seed")));
  return ImageFolderOptions{.folder = folder,
                            .allow_missing = get_or<bool>(settings, "images.allow_missing", false),
                            .for_every_seed = at != folder.npos};
}

/// Refuses a layer, an instruction or a template that its model cannot have, without its weights.
void check_encoders(const Fields& settings, const std::filesystem::path& home) {
  const StrategySettings strategy = parse_strategy_settings(strategy_part(settings));
  const bool two_streams = kTextInjections.from_name(get<std::string>(
                               settings, "backbone.injection")) == TextInjection::dual_stream;
  for (std::size_t i = 0; i < strategy.encoders.size(); ++i) {
    if (two_streams && strategy.encoders[i].source.layer_mix == LayerMix::per_block)
      throw SpecError(
          "backbone.injection: 'dual-stream' carries one text through the blocks; "
          "encoder.layer_mix 'per-block' has one for each");
    const EncoderSettings& source = strategy.encoders[i].source;
    try {
      check_encoder(source, home);
    } catch (const FileError&) {
      throw;
    } catch (const UserError& mistake) {
      throw SpecError(fmt::format("encoder {} ({}): {}", i, source.model, mistake.what()));
    }
  }
}

/// Erases what goes without saying, so that cells from before there was another choice keep their
/// fingerprints, and cells without training share theirs whatever would be trained.
void leave_unsaid(Fields& settings) {
  const bool untrained = is_untrained(get<std::string>(settings, "strategy"));
  if (get_or<std::string>(settings, "world.words", "") == "english") settings.erase("world.words");
  if (untrained || !get_or<bool>(settings, "backbone.readout", false))
    settings.erase("backbone.readout");
  if (untrained || get_or<double>(settings, "train.teraflops", 0) == 0)
    settings.erase("train.teraflops");
  if (untrained || get_or<double>(settings, "train.learning_rate_multiplier", 1) == 1)
    settings.erase("train.learning_rate_multiplier");
}

void check_splits(const Fields& settings) {
  const scenes::World world(world_options(settings).world);
  const auto splits = get<std::vector<std::string>>(settings, "evaluation.splits");
  if (splits.empty()) throw SpecError("evaluation.splits is empty: name at least one split");
  const auto prompts = get<std::int64_t>(settings, "evaluation.prompts");
  for (const std::string& name : splits) {
    const scenes::Split& split = world.split(name);
    if (std::ranges::count(splits, name) > 1)
      throw SpecError(fmt::format("evaluation.splits names '{}' twice", name));
    if (split.rotated && prompts < split.most_objects)
      throw SpecError(
          fmt::format("evaluation.prompts = {}: the split '{}' consists of sets of {} prompts; "
                      "it needs at least {}",
                      prompts, name, split.most_objects, split.most_objects));
  }
}

}  // namespace

bool is_untrained(std::string_view strategy) {
  return strategy == kChance || strategy == kBagOracle || strategy == kVerifier ||
         strategy == kImageFolder;
}

Fields resolve(const Fields& asked, const std::filesystem::path& home) {
  if (!asked.contains("strategy"))
    throw SpecError("strategy is not set; choices: " +
                    describe(experiment_schema().find("strategy", "strategy")));
  Fields settings = asked;
  experiment_schema().fill_defaults(settings);
  const scenes::Preset& preset = scenes::preset(get<std::string>(settings, "world.preset"));
  settings.try_emplace("world.captions", preset.captions);
  settings.try_emplace("world.simple_share", preset.simple_share);
  leave_unsaid(settings);
  check_splits(settings);

  const auto strategy = get<std::string>(settings, "strategy");
  if (!has_language_model(strategy)) {
    refuse_strategy_keys(settings, strategy);
    return settings;
  }
  Fields defaults = find_strategy(strategy).defaults();
  const BackboneSize& size = backbone_size(get<std::string>(settings, "backbone.size"));
  for (const char* key : {"refiner.gate_init", "fusion.gate_init"})
    defaults[key] = std::string(size.refiner_gate_init == GateInit::one ? "one" : "zero");
  settings.merge(complete_settings(defaults, strategy_part(settings), look_up_in(home)));
  check_encoders(settings, home);
  return settings;
}

ExperimentSettings parse_settings(const Fields& resolved) {
  ExperimentSettings settings{
      .resolved = resolved,
      .strategy = get<std::string>(resolved, "strategy"),
      .seed = static_cast<std::uint64_t>(get<std::int64_t>(resolved, "seed")),
      .world = world_options(resolved),
      .backbone = backbone_options(resolved),
      .train = train_options(resolved),
      .teraflops = get_or<double>(resolved, "train.teraflops", 0),
      .sample = sampler_options(resolved),
      .curve_every = get<std::int64_t>(resolved, "evaluation.curve_every"),
      .curve_prompts = get<std::int64_t>(resolved, "evaluation.curve_prompts"),
      .images = get<std::int64_t>(resolved, "evaluation.images"),
      .readout = get_or<bool>(resolved, "backbone.readout", false),
      .metrics = external_metrics(resolved),
      .image_folder = image_folder(resolved),
  };
  if (settings.readout && settings.teraflops > 0)
    throw SpecError("train.teraflops counts a backbone's steps; backbone.readout has none");
  check(settings.backbone);
  check(settings.train);
  check(settings.sample);
  return settings;
}

Identity identify(const Fields& resolved, const std::filesystem::path& home) {
  Identity identity{.spec = resolved,
                    .seed = get<std::int64_t>(resolved, "seed"),
                    .dtype = "f32",
                    .hashes = {{"data", scenes::World(world_options(resolved).world).describe()}}};
  for (const ExternalMetric& metric : external_metrics(resolved))
    identity.hashes.merge(command_hashes(metric));
  if (const auto images = image_folder(resolved))
    identity.hashes["images"] = scenes::hash_imported(
        images->folder, get<std::vector<std::string>>(resolved, "evaluation.splits"));
  if (!has_language_model(get<std::string>(resolved, "strategy"))) return identity;
  const StrategySettings strategy = parse_strategy_settings(strategy_part(resolved));
  for (std::size_t i = 0; i < strategy.encoders.size(); ++i) {
    const EncoderSettings& source = strategy.encoders[i].source;
    for (const auto& [file, hash] : encoder_hashes(source.model, home))
      identity.hashes[fmt::format("encoder.{}.{}", i, file)] = hash;
    // The settings have its name alone, and the words behind a name may be mended.
    if (!source.instruction.empty())
      identity.hashes[fmt::format("encoder.{}.instruction", i)] = sha256_hex(source.instruction);
  }
  // Cells of before, whose pooled text had the cropped prefix in it, are others.
  if (strategy.crop == PrefixCrop::before_refiner)
    identity.hashes["pooled_text"] = std::string("of the caption");
  return identity;
}

}  // namespace lidit
