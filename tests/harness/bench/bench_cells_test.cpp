#include "harness/bench/bench_cell.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "encoders/llm/decoder/config.h"
#include "encoders/llm/t5/config.h"
#include "encoders/strategies/composed_conditioner.h"
#include "harness/backbone/sizes.h"
#include "harness/bench/bench_run.h"
#include "harness/bench/encoder_table.h"
#include "harness/bench/process_memory.h"
#include "harness/bench/tiled_weights.h"
#include "results/errors.h"

namespace lidit {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const Home kNoHome{"/nonexistent", "/nonexistent"};
const std::vector<BenchSection> kAllSections{BenchSection::encoders, BenchSection::sampling,
                                             BenchSection::training, BenchSection::refiners};

std::vector<BenchCell> cells_of(std::vector<BenchSection> sections,
                                std::vector<std::string> sizes) {
  return bench_cells({.sections = std::move(sections),
                      .sizes = std::move(sizes),
                      .batches = {3},
                      .lengths = {5},
                      .type = {}},
                     kNoHome);
}

/// FLOPs of everything but attention, by the parameters of the real thing: each matrix, over as
/// many rows as `rows_of` says of its name.
template <class Parameters, class RowsOf>
double linear_flops(const Parameters& parameters, const RowsOf& rows_of) {
  double flops = 0;
  for (const auto& [name, shape] : parameters) {
    if (shape.size() < 2) continue;
    double numbers = 2;
    for (const std::int64_t size : shape) numbers *= static_cast<double>(size);
    flops += numbers * static_cast<double>(rows_of(name));
  }
  return flops;
}

double without_attention(const throughput::Cost& cost) {
  double flops = 0;
  for (const throughput::CostTerm& term : cost.terms)
    if (!term.name.ends_with("attention")) flops += term.flops;
  return flops;
}

using Shapes = std::vector<std::pair<std::string, std::vector<std::int64_t>>>;

Shapes shapes_of(const torch::nn::Module& module) {
  Shapes shapes;
  for (const auto& item : module.named_parameters())
    shapes.emplace_back(item.key(), item.value().sizes().vec());
  return shapes;
}

TEST(BenchCost, OfADecoderIsThatOfItsWeights) {
  const auto& size = decoder_sizes().front();
  Shapes shapes;
  for (const ExpectedTensor& tensor : expected_tensors(size.config))
    shapes.emplace_back(tensor.name, tensor.shape);
  const auto cells = cells_of({BenchSection::encoders}, {std::string(size.name)});
  ASSERT_EQ(cells.size(), 1u);
  // Three blocks, and the third-to-last state is behind the first; 15 tokens.
  EXPECT_EQ(cells[0].blocks, 1);
  EXPECT_EQ(without_attention(cells[0].cost), linear_flops(shapes, [](const std::string& name) {
              return name.starts_with("layers.0.") ? 15 : 0;
            }));
}

TEST(BenchCost, OfABidirectionalEncoderGoesThroughAllBlocks) {
  const auto& size = t5_sizes().front();
  Shapes shapes;
  for (const ExpectedTensor& tensor : expected_tensors(size.config))
    shapes.emplace_back(tensor.name, tensor.shape);
  const auto cells = cells_of({BenchSection::encoders}, {std::string(size.name)});
  EXPECT_EQ(without_attention(cells.at(0).cost), linear_flops(shapes, [](const std::string& name) {
              const bool map = name.find("shared") == name.npos && name.find("bias") == name.npos;
              return map ? 15 : 0;
            }));
}

TEST(BenchCost, OfASamplingStepIsThatOfTheBackbonesParameters) {
  LiDiTOptions options = backbone_size("tiny").options();
  LiDiT backbone(options);
  const auto cells = cells_of({BenchSection::sampling}, {"tiny"});
  ASSERT_EQ(cells.size(), 1u);
  const std::int64_t rows = 6, text = 3 * (5 + 1), patches = rows * options.patches();
  EXPECT_EQ(without_attention(cells[0].cost),
            linear_flops(shapes_of(*backbone), [&](const std::string& name) -> std::int64_t {
              if (name == "positions") return 0;  // added, not multiplied
              if (name.find("cross_attention.k") != name.npos ||
                  name.find("cross_attention.v") != name.npos)
                return text;
              const bool once =
                  name.find("modulation") != name.npos || name.find("time") != name.npos;
              return once ? rows : patches;
            }));
}

TEST(BenchCost, OfStrategiesIsThatOfTheirParameters) {
  const auto cells = cells_of({BenchSection::refiners}, {"tiny"});
  ASSERT_EQ(cells.size(), 4u);  // and the step beside which they are told
  const std::int64_t encoder_width = 576, width = backbone_size("tiny").width;
  for (std::size_t i = 1; i < cells.size(); ++i) {
    StrategySettings settings{.encoders = std::vector<EncoderPart>(i == 3 ? 2 : 1)};
    settings.refiner.depth = i == 1 ? 0 : 2;
    settings.fusion.blocks = i == 3 ? 1 : 0;
    const ComposedConditioner conditioner(settings,
                                          std::vector(settings.encoders.size(), encoder_width),
                                          BuildContext{.width = width,
                                                       .depth = 2,
                                                       .heads = 2,
                                                       .seed = 0,
                                                       .device = c10::kCPU,
                                                       .dtype = at::kFloat,
                                                       .home = {}});
    std::int64_t parameters = 0;
    for (const Tensor& parameter : conditioner.parameters()) parameters += parameter.numel();
    EXPECT_EQ(cells[i].parameters, parameters) << cells[i].strategy;
    EXPECT_EQ(without_attention(cells[i].cost),
              linear_flops(shapes_of(conditioner),
                           [](const std::string& name) -> std::int64_t {
                             if (name.starts_with("null")) return 0;
                             const bool once = name.find("modulation") != name.npos ||
                                               name.find("pooled") != name.npos;
                             return once ? 6 : 6 * 5;
                           }))
        << cells[i].strategy;
  }
}

TEST(BenchCells, AreNamedByAllThatTellsThemApart) {
  std::vector<std::string> names;
  for (const BenchCell& cell : cells_of(kAllSections, {"tiny", "tiny-qwen2"}))
    names.push_back(cell.name());
  EXPECT_THAT(names, ElementsAre("encoders/tiny-qwen2/bf16/batch=3/tokens=5",
                                 "sampling/tiny/fp32/batch=3/tokens=5",
                                 "refiners/tiny/raw-llm/fp32/batch=3/tokens=5",
                                 "refiners/tiny/bidirectional-refiner/fp32/batch=3/tokens=5",
                                 "refiners/tiny/multi-llm-fusion/fp32/batch=3/tokens=5",
                                 "training/tiny/fp32/batch=3/tokens=5"));
}

TEST(BenchCells, CoverFiveEncodersAndFiveBackbonesUnlessToldOtherwise) {
  std::set<std::string> encoders, backbones;
  for (const BenchCell& cell : bench_cells({.sections = kAllSections}, kNoHome))
    (cell.section == BenchSection::encoders ? encoders : backbones).insert(cell.size);
  EXPECT_GE(encoders.size(), 5u);
  EXPECT_GE(backbones.size(), 5u);
}

TEST(BenchCells, AnswerAnUnknownSizeWithTheChoices) {
  EXPECT_THAT([] { cells_of(kAllSections, {"qwen2-0.5"}); },
              testing::ThrowsMessage<UserError>(
                  AllOf(StartsWith("unknown size 'qwen2-0.5'; did you mean 'qwen2-0.5b'?"),
                        HasSubstr("lidit-1b"))));
}

TEST(BenchCells, AreFilteredByTheirNames) {
  const auto kept = filter_cells(cells_of(kAllSections, {"tiny"}), "^training|fusion");
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].strategy, "multi-llm-fusion");
  EXPECT_THAT([] { filter_cells(cells_of(kAllSections, {"tiny"}), "micro"); },
              testing::ThrowsMessage<UserError>(
                  AllOf(StartsWith("no cell matches 'micro'. Choices: sampling/tiny/"),
                        HasSubstr("training/tiny/"))));
  EXPECT_THAT([] { filter_cells(cells_of(kAllSections, {"tiny"}), "["); },
              testing::ThrowsMessage<UserError>(HasSubstr("is no regular expression")));
}

TEST(BenchCells, SayWhatCannotBeMeasuredAnywhere) {
  const auto long_prompts = bench_cells({.sections = {BenchSection::encoders},
                                         .sizes = {"clip-vit-l-14"},
                                         .batches = {},
                                         .lengths = {78},
                                         .type = {}},
                                        kNoHome);
  EXPECT_EQ(long_prompts.at(0).obstacle, "78 tokens do not fit its context of 77");
  const auto training = bench_cells({.sections = {BenchSection::training},
                                     .sizes = {"tiny"},
                                     .batches = {},
                                     .lengths = {},
                                     .type = at::kBFloat16},
                                    kNoHome);
  EXPECT_EQ(training.at(0).obstacle, "training computes in fp32");
}

class Plan : public testing::Test {
 protected:
  BenchPlan plan(double available, double peak, bool extrapolate) const {
    return plan_cell(cell, {.rule = {.seconds = 5}, .extrapolate = extrapolate}, available, peak);
  }
  const BenchCell cell = cells_of({BenchSection::encoders}, {"llama-3-8b"}).at(0);
  const double small = 8.0 * (1 << 30), large = 64.0 * (1 << 30);  // B
  const double fast = 1e15, slow = 1e11;                           // FLOP/s
};

TEST_F(Plan, TakesAllBlocksWhereTheyFit) {
  EXPECT_THAT(plan(large, fast, false).blocks, ElementsAre(30));
  EXPECT_THAT(plan(large, fast, true).blocks, ElementsAre(30));
  EXPECT_THAT(plan(large, slow, false).blocks, ElementsAre(30));
}

TEST_F(Plan, SaysWhatIsMissingWhereTheyDoNotFit) {
  const BenchPlan refused = plan(small, fast, false);
  EXPECT_TRUE(refused.blocks.empty());
  EXPECT_THAT(refused.reason,
              AllOf(StartsWith("needs about 14.5 GiB"), HasSubstr("8 GiB may be used"),
                    HasSubstr("--extrapolate measures 1 and 3 of its 30 blocks")));
  EXPECT_THAT(plan(1 << 28, fast, true).reason, StartsWith("even 1 and 3 blocks need about"));
}

TEST_F(Plan, ExtrapolatesOnlyWhenAskedAndOnlyWhatIsLargeOrSlow) {
  EXPECT_THAT(plan(small, fast, true).blocks, ElementsAre(1, 3));
  EXPECT_THAT(plan(large, slow, true).blocks, ElementsAre(1, 3));
}

TEST_F(Plan, TakesSmallModelsWholeHoweverSlow) {
  BenchCell half_a_billion = cell;
  half_a_billion.parameters = 500'000'000;
  const BenchRunOptions options{.rule = {.seconds = 5}, .extrapolate = true};
  EXPECT_THAT(plan_cell(half_a_billion, options, large, slow).blocks, ElementsAre(30));
  EXPECT_THAT(plan_cell(half_a_billion, options, small, slow).blocks, ElementsAre(1, 3));
}

TEST(BenchEncoders, WithAFewBlocksAreTheFirstOfTheWhole) {
  for (const char* name : {"tiny-gemma3", "tiny-t5", "gemma-2-2b"}) {
    const BenchEncoder encoder = bench_encoder(name);
    if (encoder.shape.parameters > 1'000'000) continue;  // too large to build in a test
    const auto part = encoder.make(2, at::kFloat, c10::kCPU);
    EXPECT_EQ(part->shape().depth, 2) << name;
    EXPECT_EQ(part->shape().width, encoder.shape.width) << name;
  }
}

TEST(TiledWeights, LeaveNothingAtZero) {
  LiDiT backbone(backbone_size("tiny").options());
  fill_matrices(*backbone);
  for (const auto& item : backbone->named_parameters()) {
    if (item.value().dim() < 2) continue;
    EXPECT_NEAR(item.value().std().item<double>(), 0.02, 0.004) << item.key();
  }
  const Tensor values = at::empty({300, 700});
  fill_tiled(values, 1);
  EXPECT_NEAR(values.std().item<double>(), 1, 0.02);
  EXPECT_NE(values[0][0].item<float>(), values[1][0].item<float>());
}

TEST(ProcessMemory, GrowsByWhatIsAllocated) {
  constexpr std::int64_t kBytes = 200 << 20;
  Tensor kept;
  const auto growth = peak_growth([&] { kept = at::ones({kBytes}, at::kByte); });
  ASSERT_TRUE(available_memory());
  EXPECT_GT(*available_memory(), 0);
  if (!growth) GTEST_SKIP() << "this system does not let its peak be set back";
  EXPECT_NEAR(*growth, kBytes, 20 << 20);
  kept.reset();
  EXPECT_LT(*peak_growth([] {}), 20 << 20);
}

TEST(BenchRun, MeasuresEverySectionOfTinySizes) {
  const auto cells = cells_of(kAllSections, {"tiny", "tiny-llama"});
  const throughput::StoppingRule rule{
      .noise = 10, .seconds = 0.02, .most = 2, .repeat_seconds = 1e-4};
  std::size_t recorded = 0;
  const auto records = run_bench(
      cells, {.rule = rule}, [&](std::span<const Record> group) { recorded += group.size(); },
      [](std::string_view, std::size_t finished, std::size_t total) {
        EXPECT_LE(finished, total);
      });
  ASSERT_EQ(records.size(), cells.size());
  EXPECT_EQ(recorded, cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    EXPECT_EQ(records[i].status, Status::done) << records[i].reason;
    EXPECT_EQ(records[i].name, cells[i].name());
    EXPECT_EQ(records[i].fingerprint, fingerprint_of(cells[i], c10::kCPU));
    for (const char* name : {"pass.seconds", "units_per_second", "flops", "share_of_peak"}) {
      const Measurement* found = records[i].find(name);
      ASSERT_TRUE(found && found->value) << cells[i].name() << " " << name;
      EXPECT_GT(*found->value, 0) << cells[i].name() << " " << name;
    }
  }
}

TEST(BenchRun, TurnsAFailureIntoARowAndGoesOn) {
  auto cells = cells_of({BenchSection::encoders}, {"tiny-llama", "tiny-qwen2"});
  cells[0].build = [](std::int64_t, c10::Device) -> BenchPass { throw std::bad_alloc(); };
  const auto records = run_bench(
      cells, {.rule = {.noise = 10, .seconds = 0.01, .most = 1}}, [](auto) {},
      [](auto, auto, auto) {});
  EXPECT_EQ(records.at(0).status, Status::failed);
  EXPECT_EQ(records.at(0).reason, "not enough memory");
  EXPECT_EQ(records.at(1).status, Status::done);
}

TEST(BenchRun, ExtrapolatesFromTwoShallowStacks) {
  auto cells = cells_of({BenchSection::sampling}, {"micro"});
  cells[0].blocks = 8;  // as if it were deeper, large and slow
  cells[0].parameters = 1'000'000'000;
  cells[0].cost = cells[0].cost.times(1e9);
  const auto records = run_bench(
      cells,
      {.rule = {.noise = 10, .seconds = 0.3, .most = 3, .repeat_seconds = 0.02},
       .extrapolate = true},
      [](auto) {}, [](auto, auto, auto) {});
  EXPECT_EQ(get<std::vector<std::int64_t>>(records.at(0).context, "measured_blocks"),
            (std::vector<std::int64_t>{1, 3}));
  EXPECT_FALSE(records.at(0).find("memory") && records.at(0).find("memory")->value);
}

}  // namespace
}  // namespace lidit
