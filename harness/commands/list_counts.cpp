#include "harness/commands/list_counts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "encoders/strategy_table.h"

namespace lidit {
namespace {

constexpr std::string_view kPaperSizes[] = {"lidit-1b", "lidit-10b"};

/// The strategy in which a group of settings shows.
struct Stage {
  std::string_view group, strategy;
};
constexpr Stage kStages[] = {
    {"encoder.layer_mix", "raw-llm"},      {"encoder.feature_norm", "raw-llm"},
    {"encoder.count", "raw-llm"},          {"adapter.", "raw-llm"},
    {"refiner.", "bidirectional-refiner"}, {"fusion.", "multi-llm-fusion"}};

/// Levels of numbers: those that papers have, or one that shows what the number does.
const std::map<std::string_view, std::vector<Value>>& number_levels() {
  static const std::map<std::string_view, std::vector<Value>> levels = {
      {"encoder.count", {std::int64_t{2}}},
      {"refiner.depth",
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{2}, std::int64_t{3}, std::int64_t{4}}},
      {"refiner.feed_forward", {5.0}},
      {"fusion.blocks", {std::int64_t{0}, std::int64_t{1}, std::int64_t{2}}}};
  return levels;
}

/// The levels of a setting; none of one that has no list of them.
std::vector<Value> levels(const KeyDescription& key) {
  std::vector<Value> values(key.choices.begin(), key.choices.end());
  if (const auto numbers = number_levels().find(key.key); numbers != number_levels().end())
    values.insert(values.end(), numbers->second.begin(), numbers->second.end());
  return values;
}

StrategySettings settings_of(Fields fields) {
  fields.erase("encoder.1.model");  // one model twice can share its adapters
  // Layers of no model in particular.
  if (get<std::string>(fields, "encoder.layer_mix") == "single")
    fields.emplace("encoder.layer", std::int64_t{-3});
  else
    fields.emplace("encoder.layers", std::vector<std::int64_t>{-3, -1});
  return parse_strategy_settings(fields);
}

void add_variants(std::string_view group, const Fields& defaults,
                  std::vector<StrategyVariant>& variants) {
  for (const KeyDescription& key : strategy_keys()) {
    if (!key.key.starts_with(group)) continue;
    for (const Value& value : levels(key)) {
      if (value == defaults.at(key.key)) continue;
      Fields fields = defaults;
      fields[key.key] = value;
      variants.push_back({fmt::format("{} = {}", key.key, to_text(value)), settings_of(fields)});
    }
  }
}

std::int64_t total_of(const std::vector<PartCount>& counts) {
  std::int64_t total = 0;
  for (const PartCount& part : counts) total += part.parameters;
  return total;
}

template <class Count>
std::string counts_line(std::string_view label, Count count) {
  std::string text = fmt::format("{:<52}", label);
  for (const std::string_view size : kPaperSizes)
    text += fmt::format("{:>16}", count(backbone_size(size)));
  return text + "\n";
}

std::string describe_group(const VariantGroup& group) {
  const StrategyVariant& plain = group.variants.front();
  std::string text = counts_line(
      plain.label, [&](const BackboneSize& size) { return total_of(plain.counts(size)); });
  for (std::size_t part = 0; part < plain.counts(backbone_size(kPaperSizes[0])).size(); ++part)
    text +=
        counts_line("  " + plain.counts(backbone_size(kPaperSizes[0]))[part].part,
                    [&](const BackboneSize& size) { return plain.counts(size)[part].parameters; });
  for (std::size_t i = 1; i < group.variants.size(); ++i)
    text += counts_line("  with " + group.variants[i].label, [&](const BackboneSize& size) {
      return total_of(group.variants[i].counts(size));
    });
  return text;
}

std::string describe_backbones() {
  std::string text;
  for (const auto& [name, injection] : kTextInjections.entries)
    text += counts_line(fmt::format("backbone with backbone.injection = {}", name),
                        [&](const BackboneSize& size) {
                          LiDiTOptions options = size.options();
                          options.injection = injection;
                          return parameter_counts(options).total();
                        });
  return text;
}

}  // namespace

std::vector<PartCount> StrategyVariant::counts(const BackboneSize& size) const {
  const std::vector<std::int64_t> widths(settings.encoders.size(), kPaperEncoderWidth);
  return parameter_counts(
      settings, widths,
      {.width = size.width, .depth = size.depth, .heads = size.heads, .pooled_text = pooled_text});
}

std::vector<VariantGroup> strategy_variants() {
  std::vector<VariantGroup> groups;
  for (const StrategyEntry& entry : strategy_table()) {
    const Fields defaults = entry.defaults();
    VariantGroup group{std::string(entry.name), {{std::string(entry.name), settings_of(defaults)}}};
    for (const Stage& stage : kStages)
      if (stage.strategy == entry.name) add_variants(stage.group, defaults, group.variants);
    group.variants.push_back(
        {"backbone.pooled_text = false", settings_of(defaults), /*pooled_text=*/false});
    groups.push_back(std::move(group));
  }
  return groups;
}

std::string describe_counts() {
  std::string text =
      counts_line("trained parameters", [](const BackboneSize& size) { return size.name; });
  for (const VariantGroup& group : strategy_variants()) text += describe_group(group);
  text += describe_backbones();
  return text +
         fmt::format("\nLanguage models of width {}, as the paper's two.\n", kPaperEncoderWidth);
}

}  // namespace lidit
