// How much of a caption an image shows.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/scenes/caption.h"
#include "metrics/scenes/read.h"

namespace lidit::scenes {

/// Values in 0..1: shares for one image, expectations where several are averaged.
struct ClaimScore {
  std::array<std::optional<double>, kAttributes> attributes;  // of what the claim states
  std::optional<double> count;  // counted claims: exactly so many objects are as claimed
  double binding = 0;           // everything said of it is right at once, relations included
};

struct PromptScore {
  std::vector<ClaimScore> claims;  // in caption order
  std::vector<double> relations;   // in the caption's order
  double extra = 0;                // objects found beyond the number claimed
  double all = 0;                  // every claim bound and nothing extra
};

/// Objects found are assigned to claimed ones so that as many as possible are wholly right, then
/// as many attributes as possible, then as many relations as possible hold; what a claim leaves
/// open is free.
PromptScore score(const Preset& preset, const Caption& caption, const Reading& reading);

/// The mean, field by field, of scores of one caption. Throws std::logic_error on none.
PromptScore mean(std::span<const PromptScore> scores);

/// Means over claims: "binding", "shape", ..., "place", "count", "relation"; over claims at caption
/// position k (from 1): "binding.position.k"; over prompts: "prompt" (all), "extra". A value that
/// no caption states is absent.
std::map<std::string, double> summarise(std::span<const PromptScore> scores);

}  // namespace lidit::scenes
