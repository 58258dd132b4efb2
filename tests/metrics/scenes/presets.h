// Every preset of the drawn world, for tests with parameters.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/scenes/preset.h"

namespace lidit::scenes {

inline std::vector<std::string_view> preset_names() {
  std::vector<std::string_view> names;
  for (const Preset& preset : presets()) names.push_back(preset.name);
  return names;
}

/// The preset as part of a test's name, which has no '-'.
inline std::string test_name(const testing::TestParamInfo<std::string_view>& tested) {
  std::string name(tested.param);
  std::ranges::replace(name, '-', '_');
  return name;
}

}  // namespace lidit::scenes
