// The specs of controls: what they promise of their rows.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "ablations/ablation_spec.h"
#include "encoders/strategies/parameter_counts.h"
#include "encoders/strategy_table.h"
#include "harness/backbone/sizes.h"
#include "harness/settings.h"

namespace lidit {
namespace {

AblationSpec spec_called(const std::string& name) {
  const std::filesystem::path specs = std::filesystem::path(LIDIT_SOURCE_DIR) / "ablations/specs";
  return load_spec(specs / (name + ".toml"), experiment_schema());
}

StrategySettings strategy_of(const ExperimentSpec& cell) {
  Fields asked;
  for (const auto& [key, value] : cell.settings)
    if (is_strategy_key(key)) asked.emplace(key, value);
  const ModelLookup lookup{
      .kind =
          [](const std::string& model) {
            return EncoderKind{.bidirectional = model == "all-minilm-l6-v2", .layers = {1, 2}};
          },
      .chat_template = {}};
  const StrategyEntry& entry = find_strategy(get<std::string>(cell.settings, "strategy"));
  return parse_strategy_settings(complete_settings(entry.defaults(), asked, lookup));
}

/// What each row trains for text, with SmolLM2's states of width 576 and MiniLM's of 384.
std::map<std::string, std::int64_t> trained_for_text(const AblationSpec& spec) {
  std::map<std::string, std::int64_t> counts;
  for (const ExperimentSpec& cell : spec.cells) {
    const StrategySettings settings = strategy_of(cell);
    const BackboneSize& size = backbone_size(get<std::string>(cell.settings, "backbone.size"));
    std::vector<std::int64_t> widths;
    for (const EncoderPart& encoder : settings.encoders)
      widths.push_back(encoder.source.model == "all-minilm-l6-v2" ? 384 : 576);
    std::int64_t& count = counts[cell.row];
    count = 0;
    for (const PartCount& part :
         parameter_counts(settings, widths,
                          {.width = size.width,
                          .depth = size.depth,
                          .heads = size.heads,
                          .pooled_text = get<bool>(cell.settings, "backbone.pooled_text")}))
      count += part.parameters;
  }
  return counts;
}

TEST(RefinerControls, TrainEquallyMuchForTextToWithinATenthOfAPercent) {
  const auto counts = trained_for_text(spec_called("refiner_controls"));
  std::vector<std::string> rows;
  for (const auto& [row, count] : counts) rows.push_back(row);
  EXPECT_THAT(rows, testing::UnorderedElementsAre("full", "causal", "reverse-causal", "diagonal",
                                                  "no-gate", "same-encoder-twice"));
  const double full = static_cast<double>(counts.at("full"));
  for (const auto& [row, count] : counts)
    EXPECT_NEAR(static_cast<double>(count) / full, 1, 0.001) << row << " trains " << count;
  EXPECT_EQ(counts.at("full"), counts.at("causal"));
  EXPECT_EQ(counts.at("full"), counts.at("reverse-causal"));
}

TEST(RefinerControls, DifferFromTheFullRefinerInOneThingAndWhatPaysForIt) {
  const AblationSpec spec = spec_called("refiner_controls");
  const auto row = [&](const std::string& label) {
    const auto found = std::find_if(spec.cells.begin(), spec.cells.end(),
                                    [&](const ExperimentSpec& cell) { return cell.row == label; });
    EXPECT_NE(found, spec.cells.end()) << label;
    return strategy_of(*found);
  };
  EXPECT_EQ(row("full").refiner.mask, AttentionPattern::full);
  EXPECT_EQ(row("causal").refiner.mask, AttentionPattern::causal);
  EXPECT_EQ(row("reverse-causal").refiner.mask, AttentionPattern::reverse_causal);
  EXPECT_EQ(row("diagonal").refiner.mask, AttentionPattern::diagonal);
  EXPECT_EQ(row("no-gate").refiner.conditioning, RefinerConditioning::none);
  const StrategySettings twice = row("same-encoder-twice");
  ASSERT_EQ(twice.encoders.size(), 2u);
  EXPECT_EQ(twice.encoders[0].source, twice.encoders[1].source);
  EXPECT_FALSE(twice.fusion.shared_adapters);
}

TEST(Figure3, SharesTheDrawnWorldsRecipeAndPassesWordsThroughTokensAlone) {
  const AblationSpec figure = spec_called("figure_3"), table = spec_called("drawn_world");
  std::map<std::string, Fields> cells;
  for (const ExperimentSpec& cell : table.cells) cells[cell.row] = cell.settings;
  std::vector<std::string> shared;
  for (const ExperimentSpec& cell : figure.cells) {
    EXPECT_FALSE(get<bool>(cell.settings, "backbone.pooled_text")) << cell.row;
    if (cell.row.ends_with("refiner")) {
      EXPECT_EQ(get<std::string>(cell.settings, "refiner.conditioning"), "time") << cell.row;
    }
    if (cell.seed != 0 || !cells.contains(cell.row)) continue;
    shared.push_back(cell.row);
    Fields recipe = cells.at(cell.row), drawn = cell.settings;
    for (Fields* fields : {&recipe, &drawn})
      for (const char* key : {"backbone.pooled_text", "refiner.conditioning"}) fields->erase(key);
    EXPECT_EQ(drawn, recipe) << cell.row;
  }
  EXPECT_THAT(shared,
              testing::UnorderedElementsAre("raw language model", "full refiner", "bag of words",
                                            "bidirectional encoder (MiniLM)"));
  EXPECT_EQ(figure.seeds, table.seeds);
  EXPECT_GE(figure.seeds.size(), 3u);
}

TEST(Figure3, ComparesRefinersOfEquallyManyParameters) {
  AblationSpec spec = spec_called("figure_3");
  std::erase_if(spec.cells, [](const ExperimentSpec& cell) {
    return get<std::string>(cell.settings, "strategy") != "bidirectional-refiner";
  });
  const auto counts = trained_for_text(spec);
  ASSERT_EQ(counts.size(), 3u);
  for (const auto& [row, count] : counts)
    EXPECT_NEAR(static_cast<double>(count) / static_cast<double>(counts.at("full refiner")), 1,
                0.001)
        << row;
}

TEST(FusionControls, AreStrategiesThatCanBeBuilt) {
  const AblationSpec spec = spec_called("fusion_controls");
  const auto counts = trained_for_text(spec);
  EXPECT_EQ(counts.size(), spec.rows.size());
  EXPECT_EQ(counts.at("same encoder twice, shared adapters"), counts.at("single"))
      << "sharing adds nothing to train";
  EXPECT_GT(counts.at("same encoder twice, separate adapters"), counts.at("single"));
}

TEST(Injection, CrossesEveryWayWithPooledTextOnAndOff) {
  const AblationSpec spec = spec_called("injection");
  EXPECT_EQ(spec.rows.size(), 2u * 3 * 2);
  EXPECT_EQ(trained_for_text(spec).size(), 2u * 3 * 2);
}

}  // namespace
}  // namespace lidit
