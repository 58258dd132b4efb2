#include "harness/backbone/sizes.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <string>

#include "results/errors.h"

namespace lidit {
namespace {

void expect_within_half_a_percent(std::int64_t got, double expected) {
  EXPECT_NEAR(static_cast<double>(got), expected, 0.005 * expected);
}

TEST(Sizes, ThePapersBackbonesHaveThePapersParameterCounts) {
  const ParameterCounts small = parameter_counts(backbone_size("lidit-1b").options());
  expect_within_half_a_percent(small.blocks, 0.930e9);
  expect_within_half_a_percent(small.total(), 0.958e9);
  const ParameterCounts large = parameter_counts(backbone_size("lidit-10b").options());
  expect_within_half_a_percent(large.blocks, 9.519e9);
  expect_within_half_a_percent(large.total(), 9.686e9);
}

void expect_counts_of_the_module(const LiDiTOptions& options) {
  ParameterCounts built{};
  for (const auto& item : LiDiT(options)->named_parameters()) {
    const std::string& key = item.key();
    std::int64_t& part = key.starts_with("blocks.")           ? built.blocks
                         : key.starts_with("position_block.") ? built.position_block
                         : key.starts_with("final_layer.")    ? built.final_layer
                                                              : built.embedders;
    part += item.value().numel();
  }
  const ParameterCounts counted = parameter_counts(options);
  EXPECT_EQ(counted.blocks, built.blocks);
  EXPECT_EQ(counted.embedders, built.embedders);
  EXPECT_EQ(counted.position_block, built.position_block);
  EXPECT_EQ(counted.final_layer, built.final_layer);
}

TEST(Sizes, CountsByPartAreThoseOfTheBuiltModule) {
  using enum TextInjection;
  for (const std::string_view name : {"tiny", "micro"})
    for (const TextInjection injection : {cross_attention, in_context, dual_stream})
      for (const bool table : {true, false}) {
        LiDiTOptions options = backbone_size(name).options();
        options.injection = injection;
        if (!table) options.position_sd.reset();
        expect_counts_of_the_module(options);
      }
}

// Weights of a block in units of width^2: attention 4, FFN 8, modulation 3 for each sub-layer.
TEST(Sizes, InjectionsCostWhatTheirPartsCost) {
  LiDiTOptions options = backbone_size("lidit-1b").options();
  const auto in_widths = [&](TextInjection injection) {
    options.injection = injection;
    const double width = static_cast<double>(options.width);
    return static_cast<double>(parameter_counts(options).blocks) / (width * width) / 28;
  };
  EXPECT_NEAR(in_widths(TextInjection::cross_attention), 4 + 4 + 8 + 9, 0.05);
  EXPECT_NEAR(in_widths(TextInjection::in_context), 4 + 8 + 6, 0.05);
  EXPECT_NEAR(in_widths(TextInjection::dual_stream), 2 * 18 - (18.0 - 4) / 28, 0.05);
}

TEST(Sizes, EveryRowIsAValidBackbone) {
  for (const BackboneSize& size : backbone_sizes()) {
    EXPECT_NO_THROW(check(size.options())) << size.name;
    EXPECT_FALSE(size.note.empty()) << size.name;
  }
}

TEST(Sizes, RealSizesKeepThePapersZeroGates) {
  for (const BackboneSize& size : backbone_sizes()) {
    if (size.width < 256) continue;
    EXPECT_EQ(size.gate_init, GateInit::zero) << size.name;
    EXPECT_EQ(size.refiner_gate_init, GateInit::zero) << size.name;
    EXPECT_FALSE(size.position_sd) << size.name;
  }
}

TEST(Sizes, AnUnknownNameIsAnsweredWithTheChoices) {
  try {
    backbone_size("mikro");
    FAIL() << "accepted";
  } catch (const SpecError& error) {
    EXPECT_NE(std::string(error.what()).find("micro"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("lidit-10b"), std::string::npos);
  }
}

}  // namespace
}  // namespace lidit
