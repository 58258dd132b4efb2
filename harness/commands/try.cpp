#include "harness/commands/try.h"

#include <ATen/core/Tensor.h>
#include <fmt/format.h>

#include <vector>

#include "harness/device.h"
#include "harness/exit_code.h"
#include "harness/model.h"
#include "harness/sampling/euler_sampler.h"
#include "harness/settings.h"
#include "harness/trained_cell.h"
#include "harness/training/checkpoint.h"
#include "metrics/scenes/caption.h"
#include "metrics/scenes/rgb.h"
#include "results/errors.h"
#include "results/files.h"
#include "results/hash.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;

constexpr int kPictureScale = 16;  // a pixel of the world is a square of this side

ExperimentSettings settings_of(const TrainedCell& cell) {
  ExperimentSettings settings = parse_settings(cell.record.asked);
  if (settings.strategy == kSceneTokens)
    throw UserError("try: this cell read scenes, not text; take one that has a language model");
  return settings;
}

Tensor draw(const TrainedCell& cell, const ExperimentSettings& settings, const TryOptions& options,
            const WorldData& data, const fs::path& home) {
  const Device device = open_device(options.device);
  const Model model = build_model(settings, data, home, device.device);
  load_averaged_weights(cell.weights, model.backbone, *model.strategy.conditioner);
  const std::vector<Prompt> prompts(static_cast<std::size_t>(options.images), {options.prompt});
  std::vector<SampleKey> keys;
  for (std::int64_t i = 0; i < options.images; ++i) {
    keys.push_back({.prompt = options.prompt, .image = static_cast<std::uint64_t>(i)});
  }
  return EulerSampler(model.backbone, model.strategy.conditioner, settings.sample)
      .sample(model.strategy.source->encode(prompts), keys);  // (N,3,H,W)
}

}  // namespace

int execute(const TryOptions& options, const CommandContext& context) {
  const TrainedCell cell = find_trained_cell(options.record, "try", context.home);
  const ExperimentSettings settings = settings_of(cell);
  const WorldData data = make_world_data(settings.world);
  const Tensor images = draw(cell, settings, options, data, context.home.root);
  const fs::path folder = options.out.empty() ? context.home.root / "tries" : fs::path(options.out);
  make_folder(folder);
  for (std::int64_t i = 0; i < options.images; ++i) {
    const scenes::Image image = to_image(images[i]);
    const fs::path file = folder / fmt::format("{}-{}-{}.png", cell.folder.filename().string(),
                                               sha256_hex(options.prompt).substr(0, 8), i);
    write_png(file, scenes::to_rgb(image, kPictureScale));
    if (context.colour) context.out << scenes::ansi_blocks(image);
    const scenes::Reading reading = data.world.read(image);
    context.out << "found    " << scenes::in_words(data.world.preset(), reading.objects()) << "\n"
                << "picture  " << file.string() << "\n";
  }
  return exit_done;
}

}  // namespace lidit
