// How many prompts an encoder reads per second: a record like any other.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "encoders/encoder_settings.h"
#include "encoders/prompt.h"
#include "harness/home.h"
#include "results/record.h"
#include "results/table.h"

namespace lidit {

/// Encodes `prompts` past the feature store with all threads of this process, after a warm-up,
/// until a few seconds have passed; measurements "encode.prompts_per_second" (mean over passes) and
/// "encode.spread" (range over mean). A record of the same files, prompts, device, threads and code
/// is reused.
Record measure_encoder(const EncoderSettings& settings, std::span<const Prompt> prompts,
                       const Home& home, c10::Device device);

/// One row per record of measure_encoder; the caption names the devices that they come from.
Table throughput_table(std::span<const Record> records);

}  // namespace lidit
