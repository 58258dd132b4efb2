// Every setting of an experiment: its key, default and choices, and its way into the options of the
// parts. Anything that can change a number is here.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ablations/schema.h"
#include "harness/backbone/lidit.h"
#include "harness/data/world_data.h"
#include "harness/sampling/euler_sampler.h"
#include "harness/training/train_options.h"
#include "metrics/external/external_metric.h"
#include "results/fields.h"
#include "results/fingerprint.h"

namespace lidit {

/// Where an image-folder row has its pictures from.
struct ImageFolderOptions {
  std::filesystem::path folder;  // of this seed
  bool allow_missing = false;
  bool for_every_seed = false;  // the folder's name says {seed}
};

/// The options of every part of one cell.
struct ExperimentSettings {
  Fields resolved;
  std::string strategy;
  std::uint64_t seed;
  WorldDataOptions world;
  LiDiTOptions backbone;
  TrainOptions train;
  double teraflops;  // of all training steps, instead of a number of them; 0: train.steps
  SamplerOptions sample;
  std::int64_t curve_every, curve_prompts;  // the learning curve: steps between points, prompts
  std::int64_t images;                      // kept per split
  bool readout;                             // a classifier in the backbone's place (readout/)
  std::vector<ExternalMetric> metrics;      // of the user's own, by name
  std::optional<ImageFolderOptions> image_folder;
};

/// All keys, for checking specs and for `lidit list settings`.
const Schema& experiment_schema();

/// Rows that need no language model: floors and ceilings of the drawn world.
inline constexpr std::string_view kChance = "chance", kBagOracle = "bag-oracle",
                                  kSceneTokens = "scene-tokens", kVerifier = "verifier";
/// A row of pictures that some other system drew.
inline constexpr std::string_view kImageFolder = "image-folder";
/// How many pictures such a row lacks: a measurement of its record.
inline constexpr std::string_view kImagesMissing = "images.missing";
/// True for rows that are computed without training (chance, bag-oracle, verifier, image-folder).
bool is_untrained(std::string_view strategy);

/// `asked` with every default filled in: the strategy's, the size's and the model's own (its
/// layer). Throws SpecError on an unknown key, a bad value, or a layer, instruction or template
/// that the model cannot have (nothing but its settings and tokenizer is read), MachineError when a
/// model is not here.
Fields resolve(const Fields& asked, const std::filesystem::path& home);

/// The options that resolved settings stand for. Throws SpecError when they contradict each other.
ExperimentSettings parse_settings(const Fields& resolved);

/// What the cell's numbers depend on: its settings and the hashes of models and data.
Identity identify(const Fields& resolved, const std::filesystem::path& home);

}  // namespace lidit
