// `lidit probe`: the positional-bias battery on the states of encoders, and on the images
// of trained cells.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/commands/command_context.h"

namespace lidit {

struct ProbeOptions {
  std::string spec;                    // whose rows are probed, untrained; a name or a file
  std::vector<std::string> models;     // instead of a spec: a row each; a name or a path
  std::string strategy;                // of these; empty: raw-llm
  std::vector<std::string> overrides;  // "encoder.layer=-1", for every row but records
  std::vector<std::string> records;    // trained cells: folders, or first digits of their names
  std::string probes;                  // "P1,P3-images"; empty: all of states
  std::optional<std::int64_t> images;  // of every caption, drawn by records; kProbedImages
  std::optional<std::int64_t> sets;    // kProbedSets; 250 in a file of prompts
  std::int64_t pairs = 4;              // in a prompt, and rotations of a set
  std::uint64_t seed = 0;              // of the sets
  bool commas = false;                 // no "and" before the last pair
  std::string out;                     // a folder; empty: `probes` in the home
  std::string write_prompts;           // a file for the sets of prompts; nothing is probed
  std::string write_texts;             // a file for everything that would be encoded, a line each
  std::string device = "auto";
};

/// Sets that are probed unless told otherwise: enough to see a fall of ten points.
inline constexpr std::int64_t kProbedSets = 60;

/// Images that are drawn of every caption unless told otherwise.
inline constexpr std::int64_t kProbedImages = 4;

/// Prints a table per probe with a row per encoder, and writes figures, numbers and a page. Without
/// a spec, a model, a strategy or a record the spec "positional_bias" is probed. With
/// `images`, or where a probe of images is named, records draw too. Throws UserError for what
/// cannot be probed.
int execute(const ProbeOptions& options, const CommandContext& context);

}  // namespace lidit
