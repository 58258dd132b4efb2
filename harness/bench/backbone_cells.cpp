// Cells of the sections `sampling`, `refiners` and `training`.
#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

#include "encoders/strategies/composed_conditioner.h"
#include "encoders/strategies/parameter_counts.h"
#include "harness/backbone/sizes.h"
#include "harness/bench/bench_cell.h"
#include "harness/bench/tiled_weights.h"
#include "harness/commands/list_counts.h"
#include "harness/sampling/euler_sampler.h"
#include "harness/training/trainer.h"

namespace lidit {
namespace {

constexpr std::int64_t kPatchesPerPass = 512, kMostImages = 32;  // of a batch nobody asked for
constexpr std::int64_t kDefaultTextTokens = 64;
constexpr std::int64_t kSmallEncoderWidth = 576;  // SmolLM2-135M, before the drawn worlds' sizes
constexpr double kGuidance = 4;
constexpr double kBuffers = 128 << 20;  // B: libraries' own
/// Values of a patch that a block keeps alive: for sampling at a time, for training in all (over
/// the width).
constexpr double kSampledStates = 16, kTrainedStates = 40;
/// B of a trained weight: itself, gradient, two moments, average.
constexpr double kTrainedBytes = 20;

/// How a strategy of the section `refiners` is put together.
struct BenchStrategy {
  std::string_view name;
  std::size_t encoders;
  std::int64_t refiner_blocks, fusion_blocks;
};
constexpr std::array<BenchStrategy, 3> kBenchStrategies{
    {{"raw-llm", 1, 0, 0}, {"bidirectional-refiner", 1, 2, 0}, {"multi-llm-fusion", 2, 2, 1}}};

StrategySettings strategy_settings(const BenchStrategy& strategy) {
  StrategySettings settings{.encoders = std::vector<EncoderPart>(strategy.encoders)};
  settings.refiner.depth = strategy.refiner_blocks;
  settings.refiner.gate = GateInit::one;
  settings.fusion.blocks = strategy.fusion_blocks;
  settings.fusion.gate = GateInit::one;
  return settings;
}

/// One size with one load.
struct BackboneCase {
  LiDiTOptions options;
  std::int64_t batch, tokens, encoder_width;
  at::ScalarType dtype;

  std::int64_t rows() const { return 2 * batch; }  // with guidance
  /// Of prompts, each of `tokens`, and of their null halves, each of one.
  std::int64_t guided_tokens() const { return batch * (tokens + 1); }
  std::int64_t element_bytes() const { return static_cast<std::int64_t>(c10::elementSize(dtype)); }
  throughput::BackboneShape shape() const {
    return {.depth = options.depth,
            .width = options.width,
            .patches = options.patches(),
            .patch_values = options.patch * options.patch * options.channels};
  }
  LiDiTOptions with_blocks(std::int64_t blocks) const {
    LiDiTOptions part = options;
    part.depth = blocks;
    return part;
  }
  double weights(std::int64_t blocks) const {
    return static_cast<double>(parameter_counts(with_blocks(blocks)).total());
  }
  double patch_states(std::int64_t images) const {
    return static_cast<double>(images * options.patches() * options.width);
  }
};

LiDiT make_backbone(const BackboneCase& one, std::int64_t blocks, c10::Device device) {
  LiDiT backbone(one.with_blocks(blocks));
  fill_matrices(*backbone);
  backbone->to(device, one.dtype);
  return backbone;
}

/// Features of `prompts` prompts as one encoder would hand them over.
EncoderFeatures tiled_features(std::int64_t prompts, std::int64_t tokens, std::int64_t width) {
  const Tensor layers = at::empty({1, prompts * tokens, width});
  fill_tiled(layers, 1);
  return {.layers = layers.to(at::kBFloat16),
          .offsets = at::arange(prompts + 1, at::kLong) * tokens,
          .prefix = at::zeros({1, 0, width}, at::kBFloat16),
          .caption_begin = at::zeros({prompts}, at::kLong),
          .spans = at::zeros({prompts * tokens, 2}, at::kLong)};
}

std::shared_ptr<ComposedConditioner> make_conditioner(const BackboneCase& one,
                                                      const BenchStrategy& strategy,
                                                      c10::Device device) {
  const auto conditioner = std::make_shared<ComposedConditioner>(
      strategy_settings(strategy), std::vector(strategy.encoders, one.encoder_width),
      BuildContext{.width = one.options.width,
                   .depth = one.options.depth,
                   .heads = one.options.heads,
                   .seed = 0,
                   .device = device,
                   .dtype = one.dtype,
                   .home = {}});
  fill_matrices(*conditioner);
  return conditioner;
}

/// Text that is there already: what a sampling step costs without what strategies do in it.
class FixedText : public Conditioner {
 public:
  FixedText(const BackboneCase& one, c10::Device device)
      : tokens_(at::empty({1, one.rows(), one.tokens, one.options.width},
                          at::TensorOptions(device).dtype(one.dtype))),
        pooled_(at::empty({one.rows(), one.options.width}, tokens_.options())) {
    fill_tiled(tokens_, 1);
    fill_tiled(pooled_, 1);
  }
  Conditioning condition(const FrozenFeatures&, const Tensor&, const Tensor& keep) override {
    Tensor mask = keep.unsqueeze(1).repeat({1, tokens_.size(2)});
    mask.select(1, 0).fill_(true);  // a dropped caption has one token, the null
    return {.tokens = tokens_,
            .mask = mask,
            .pooled = pooled_,
            .source = at::zeros({keep.size(0), tokens_.size(2), 2}, at::kLong)};
  }
  bool depends_on_time() const override { return false; }

 private:
  Tensor tokens_, pooled_;
};

BenchPass sampling_pass(const BackboneCase& one, std::int64_t blocks, c10::Device device) {
  const auto sampler = std::make_shared<EulerSampler>(
      make_backbone(one, blocks, device), std::make_shared<FixedText>(one, device),
      SamplerOptions{.steps = 1, .guidance = kGuidance, .batch = one.batch});
  const FrozenFeatures features{tiled_features(one.batch, 1, 1)};  // not read by FixedText
  std::vector<SampleKey> keys;
  for (std::int64_t i = 0; i < one.batch; ++i)
    keys.push_back({"bench", static_cast<std::uint64_t>(i)});
  return [sampler, features, keys] { sampler->sample(features, keys); };  // ends on the CPU
}

BenchPass training_pass(const BackboneCase& one, std::int64_t blocks, c10::Device device) {
  const auto trainer = std::make_shared<Trainer>(make_backbone(one, blocks, device),
                                                 make_conditioner(one, kBenchStrategies[0], device),
                                                 TrainOptions{.steps = std::int64_t{1} << 40,
                                                              .batch = one.batch,
                                                              .optimizer = OptimizerKind::adamw,
                                                              .backbone_lr = 1e-5,
                                                              .conditioner_lr = 1e-5});
  const Tensor images =
      at::empty({one.batch, one.options.channels, one.options.image_size, one.options.image_size});
  fill_tiled(images, 1);
  const Tensor here = images.to(device);
  const FrozenFeatures features{tiled_features(one.batch, one.tokens, one.encoder_width)};
  return [trainer, here, features] { wait_for(trainer->step(here, features)); };
}

BenchPass conditioning_pass(const BackboneCase& one, const BenchStrategy& strategy,
                            c10::Device device) {
  const auto conditioner = make_conditioner(one, strategy, device);
  const FrozenFeatures features(strategy.encoders,
                                tiled_features(one.rows(), one.tokens, one.encoder_width));
  const Tensor time =
      at::empty({one.rows(), one.options.width}, at::TensorOptions(device).dtype(one.dtype));
  fill_tiled(time, 1);
  const Tensor keep =
      at::arange(one.rows(), at::TensorOptions(device).dtype(at::kLong)) < one.batch;
  return [conditioner, features, time, keep] {
    const c10::NoGradGuard no_grad;
    wait_for(conditioner->condition(features, time, keep).tokens);
  };
}

std::vector<MatrixProduct> block_products(const BackboneCase& one, std::int64_t rows,
                                          std::int64_t text_tokens) {
  const std::int64_t d = one.options.width, patches = rows * one.options.patches();
  return {{patches, d, d, 6},
          {text_tokens, d, d, 2},
          {patches, d, kFeedForwardRatio * d},
          {patches, kFeedForwardRatio * d, d}};
}

BenchCell plain_cell(BenchSection section, std::string_view size, const BackboneCase& one) {
  return {.section = section,
          .size = std::string(size),
          .batch = one.batch,
          .length = one.tokens,
          .patches = one.options.patches(),
          .dtype = one.dtype,
          .parameters = parameter_counts(one.options).total(),
          .blocks = one.options.depth,
          .cost = {},
          .products = {},
          .memory = {},
          .build = {}};
}

BenchCell sampling_cell(std::string_view size, const BackboneCase& one) {
  BenchCell cell = plain_cell(BenchSection::sampling, size, one);
  cell.cost = throughput::backbone_cost(one.shape(), {.rows = one.rows(),
                                                      .text_tokens = one.guided_tokens(),
                                                      .element_bytes = one.element_bytes()});
  cell.products = block_products(one, one.rows(), one.guided_tokens());
  cell.memory = [one](std::int64_t blocks) {
    const double states = kSampledStates * one.patch_states(one.rows());
    // Weights are drawn in fp32 before they are converted.
    return one.weights(blocks) * sizeof(float) + states * static_cast<double>(one.element_bytes()) +
           kBuffers;
  };
  cell.build = [one](std::int64_t blocks, c10::Device device) {
    return sampling_pass(one, blocks, device);
  };
  return cell;
}

BenchCell training_cell(std::string_view size, const BackboneCase& one) {
  BenchCell cell = plain_cell(BenchSection::training, size, one);
  const throughput::Cost forward =
      throughput::backbone_cost(one.shape(), {.rows = one.batch,
                                              .text_tokens = one.batch * one.tokens,
                                              .element_bytes = one.element_bytes()})
          .with(throughput::adapter_cost(one.encoder_width, one.options.width,
                                         {.prompts = one.batch, .tokens = one.tokens}));
  cell.cost = throughput::training_cost(forward);
  cell.products = block_products(one, one.batch, one.batch * one.tokens);
  cell.memory = [one](std::int64_t blocks) {
    const double states =
        kTrainedStates * static_cast<double>(blocks) * one.patch_states(one.batch);
    return one.weights(blocks) * kTrainedBytes + states * sizeof(float) + kBuffers;
  };
  cell.build = [one](std::int64_t blocks, c10::Device device) {
    return training_pass(one, blocks, device);
  };
  if (one.dtype != at::kFloat) cell.obstacle = "training computes in fp32";
  return cell;
}

throughput::Cost strategy_cost(const BackboneCase& one, const BenchStrategy& strategy) {
  const throughput::TextLoad load{
      .prompts = one.rows(), .tokens = one.tokens, .element_bytes = one.element_bytes()};
  const std::int64_t d = one.options.width;
  throughput::Cost cost = throughput::adapter_cost(one.encoder_width, d, load);
  if (strategy.refiner_blocks > 0)
    cost = cost.with(throughput::refiner_cost(strategy.refiner_blocks, d, load));
  cost = cost.times(static_cast<double>(strategy.encoders));
  if (strategy.fusion_blocks > 0)
    cost = cost.with(throughput::collaborative_refiner_cost(
        strategy.fusion_blocks, d, static_cast<std::int64_t>(strategy.encoders), load));
  return cost;
}

BenchCell refiner_cell(std::string_view size, const BackboneCase& one,
                       const BenchStrategy& strategy) {
  BenchCell cell = plain_cell(BenchSection::refiners, size, one);
  const std::int64_t d = one.options.width, rows = one.rows() * one.tokens;
  cell.strategy = strategy.name;
  cell.scales = false;
  cell.parameters = 0;
  const BackboneShape shape{.width = d, .depth = one.options.depth, .heads = one.options.heads};
  for (const PartCount& part : parameter_counts(
           strategy_settings(strategy), std::vector(strategy.encoders, one.encoder_width), shape))
    cell.parameters += part.parameters;
  cell.cost = strategy_cost(one, strategy);
  cell.products = {{rows, one.encoder_width, d}};
  if (strategy.refiner_blocks > 0)
    cell.products.insert(
        cell.products.end(),
        {{rows, d, d, 4}, {rows, d, kFeedForwardRatio * d}, {rows, kFeedForwardRatio * d, d}});
  const double weights = static_cast<double>(cell.parameters);
  cell.memory = [one, weights, rows](std::int64_t) {
    const double states =
        static_cast<double>(rows) * (kSampledStates * static_cast<double>(one.options.width) +
                                     2 * static_cast<double>(one.encoder_width));
    return (weights + states) * sizeof(float) + kBuffers;
  };
  cell.build = [one, strategy](std::int64_t, c10::Device device) {
    return conditioning_pass(one, strategy, device);
  };
  return cell;
}

std::vector<BackboneCase> cases_of(const BackboneSize& size, const BenchAxes& axes) {
  std::vector<BackboneCase> cases;
  LiDiTOptions options = size.options();
  options.gate_init = GateInit::one;
  const std::int64_t usual =
      std::clamp<std::int64_t>(kPatchesPerPass / options.patches(), 1, kMostImages);
  const auto batches = axes.batches.empty() ? std::vector{usual} : axes.batches;
  const auto lengths = axes.lengths.empty() ? std::vector{kDefaultTextTokens} : axes.lengths;
  // The small sizes draw pixels of the drawn worlds, in three channels.
  const std::int64_t encoder_width =
      options.channels == 3 ? kSmallEncoderWidth : kPaperEncoderWidth;
  for (const std::int64_t batch : batches)
    for (const std::int64_t length : lengths)
      cases.push_back({.options = options,
                       .batch = batch,
                       .tokens = length,
                       .encoder_width = encoder_width,
                       .dtype = axes.type.value_or(at::kFloat)});
  return cases;
}

/// The sizes asked for, or all but the tiny one.
std::vector<const BackboneSize*> sizes_of(const BenchAxes& axes) {
  std::vector<const BackboneSize*> sizes;
  for (const BackboneSize& size : backbone_sizes()) {
    const bool asked = std::ranges::find(axes.sizes, size.name) != axes.sizes.end();
    if (asked || (axes.sizes.empty() && size.name != "tiny")) sizes.push_back(&size);
  }
  return sizes;
}

}  // namespace

std::vector<BenchCell> backbone_cells(const BenchAxes& axes) {
  const auto wants = [&](BenchSection section) {
    return std::ranges::find(axes.sections, section) != axes.sections.end();
  };
  std::vector<BenchCell> cells, training;
  for (const BackboneSize* size : sizes_of(axes)) {
    for (const BackboneCase& one : cases_of(*size, axes)) {
      if (wants(BenchSection::sampling) || wants(BenchSection::refiners))
        cells.push_back(sampling_cell(size->name, one));
      if (wants(BenchSection::refiners))
        for (const BenchStrategy& strategy : kBenchStrategies)
          cells.push_back(refiner_cell(size->name, one, strategy));
      if (wants(BenchSection::training)) training.push_back(training_cell(size->name, one));
    }
  }
  std::ranges::move(training, std::back_inserter(cells));
  return cells;
}

}  // namespace lidit
