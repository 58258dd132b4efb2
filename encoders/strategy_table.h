// The encoder strategies by name: one line each in strategy_table.cpp.
#pragma once
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "encoders/conditioner.h"
#include "encoders/feature_source.h"
#include "results/fields.h"

namespace lidit {

/// What a strategy must know of the backbone it feeds.
struct BuildContext {
  std::int64_t width, depth, heads;
  std::uint64_t seed;
  c10::Device device;
  at::ScalarType dtype;
  std::filesystem::path home;  // where models/ and features/ are
  bool pooled_text = true;     // the backbone reads pooled text
};

struct Strategy {
  std::shared_ptr<const FeatureSource> source;
  std::shared_ptr<Conditioner> conditioner;
};

struct StrategyEntry {
  std::string_view name, summary;
  Fields (*defaults)();  // the settings it stands for; complete_settings lays a user's over them
  Strategy (*make)(const Fields& settings, const BuildContext& context);
};

/// Written by hand: one line per strategy.
std::span<const StrategyEntry> strategy_table();
/// The line called `name`; throws SpecError with the choices.
const StrategyEntry& find_strategy(std::string_view name);

}  // namespace lidit
