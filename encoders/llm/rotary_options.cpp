#include "encoders/llm/rotary_options.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>

#include "encoders/kernels/rotary.h"
#include "encoders/llm/limits.h"
#include "results/errors.h"

namespace lidit {
namespace {

RotaryOptions from_gguf(const ConfigReader& reader, double base) {
  const std::string kind = reader.text_or("rope.scaling.type", "none");
  RotaryOptions options{.base = reader.positive_or("rope.freq_base", base)};
  if (kind == "linear")
    options.factor = reader.positive("rope.scaling.factor");
  else
    reader.require("rope.scaling.type", std::string("none"));
  return options;
}

}  // namespace

RotaryOptions read_rotary(const ConfigReader& reader, std::string_view parameters, double base) {
  if (reader.naming() == Naming::gguf) return from_gguf(reader, base);
  const auto key = [](std::string_view group, std::string_view name) {
    return fmt::format("{}.{}", group, name);
  };
  // Older files have "rope_scaling" for "rope_parameters", and "type" for "rope_type".
  std::string group = "rope_scaling", type = "type";
  for (const std::string_view newer : {std::string_view("rope_scaling"), parameters})
    for (const std::string_view name : {"type", "rope_type"})
      if (reader.has(key(newer, name))) group = newer, type = name;
  if (!reader.has(key(group, type)) &&
      (reader.has(key("rope_scaling", "factor")) || reader.has(key(parameters, "factor"))))
    throw FileError(fmt::format("{}: rotary positions have a 'factor' but no 'rope_type'",
                                reader.path().string()));
  const std::string kind = reader.text_or(key(group, type), "default");

  RotaryOptions options{.base = reader.positive_or(key(parameters, "rope_theta"),
                                                   reader.positive_or("rope_theta", base))};
  if (kind == "linear") {
    options.factor = reader.positive(key(group, "factor"));
  } else if (kind == "llama3") {
    options.bands = {.factor = reader.positive(key(group, "factor")),
                     .low = reader.positive(key(group, "low_freq_factor")),
                     .high = reader.positive(key(group, "high_freq_factor")),
                     .original_context = static_cast<double>(reader.count(
                         key(group, "original_max_position_embeddings"), kMaximumContext))};
    if (!(options.bands->high > options.bands->low))
      throw FileError(fmt::format("{}: '{}' must be above '{}'", reader.path().string(),
                                  key(group, "high_freq_factor"), key(group, "low_freq_factor")));
  } else if (kind != "default" && kind != "mrope") {
    // mrope gives text the same position three times, which is the default.
    throw FileError(fmt::format(
        "{}: '{}' is \"{}\", and only \"default\", \"linear\", \"llama3\" and \"mrope\" are "
        "supported here",
        reader.path().string(), key(group, type), kind));
  }
  return options;
}

Tensor rotary_frequencies(const RotaryOptions& options, std::int64_t head_width,
                          c10::Device device) {
  const Tensor plain = rotary_frequencies(head_width, options.base, device) / options.factor;
  if (!options.bands) return plain;
  const RotaryBands& bands = *options.bands;
  const Tensor turns = plain * (bands.original_context / (2 * M_PI));  // within that context
  const Tensor share = ((turns - bands.low) / (bands.high - bands.low)).clamp(0, 1);
  return plain / bands.factor * (1 - share) + plain * share;
}

}  // namespace lidit
