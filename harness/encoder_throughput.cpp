#include "harness/encoder_throughput.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "encoders/encoder_facts.h"
#include "encoders/feature_store.h"
#include "encoders/open_encoder.h"
#include "encoders/strategies/instructions.h"
#include "harness/provenance.h"
#include "results/fingerprint.h"
#include "results/hash.h"
#include "results/statistics.h"
#include "results/store.h"

namespace lidit {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double kSeconds = 3;  // of measuring
constexpr std::size_t kLeastPasses = 3;

/// All that decides how fast it is: the files, the prompts, the machine's part and the code.
Identity identify_encoder(const EncoderSettings& settings, std::span<const Prompt> prompts,
                          const Home& home, c10::Device device) {
  Fields hashes = encoder_hashes(settings.model, home.root);
  std::string texts;
  for (const Prompt& prompt : prompts) texts += prompt.text + '\n';
  hashes["prompts"] = sha256_hex(texts);
  Fields spec = feature_fields(settings);
  spec.merge(Fields{{"measure", std::string("encoder throughput, beginnings shared")},
                    {"model", settings.model},
                    {"device", device.str()},
                    {"device_name", device_name(device)},
                    {"threads", std::int64_t{at::get_num_threads()}},
                    {"feature_numerics", kFeatureNumerics}});
  return {.spec = std::move(spec),
          .seed = 0,
          .dtype = settings.dtype == at::kFloat ? "f32" : "bf16",
          .hashes = hashes};
}

/// Prompts per second of each pass.
std::vector<double> time_passes(const FeatureSource& encoder, std::span<const Prompt> prompts) {
  encoder.encode(prompts.first(std::min<std::size_t>(prompts.size(), 8)));  // loads the weights
  std::vector<double> rates;
  const auto begin = Clock::now();
  while (rates.size() < kLeastPasses ||
         std::chrono::duration<double>(Clock::now() - begin).count() < kSeconds) {
    const auto pass = Clock::now();
    encoder.encode(prompts);
    rates.push_back(static_cast<double>(prompts.size()) /
                    std::chrono::duration<double>(Clock::now() - pass).count());
  }
  return rates;
}

std::string instruction_label(const Fields& asked) {
  return instruction_name({.text = get<std::string>(asked, "instruction"),
                           .random_words = get_or(asked, "random_words", false)});
}

/// "AMD EPYC 9B14, 2 cores"; a GPU by its name alone.
std::string place_of(const Fields& asked) {
  const auto name = get<std::string>(asked, "device_name");
  if (get<std::string>(asked, "device") != "cpu") return name;
  const auto threads = get<std::int64_t>(asked, "threads");
  return fmt::format("{}, {} core{}", name, threads, threads == 1 ? "" : "s");
}

}  // namespace

Record measure_encoder(const EncoderSettings& settings, std::span<const Prompt> prompts,
                       const Home& home, c10::Device device) {
  const Identity identity = identify_encoder(settings, prompts, home, device);
  const RecordStore store(home.records());
  const std::string name = fingerprint(identity);
  if (const auto record = store.find(name); record && record->status == Status::done)
    return *record;

  const std::vector<double> rates =
      time_passes(*open_prompt_encoder(settings, home.root, device), prompts);
  const auto [low, high] = std::ranges::minmax(rates);
  const double centre = *mean(rates);
  Record record{.fingerprint = name,
                .name = "encoder throughput, " + settings.model,
                .asked = identity.spec,
                .context = provenance(device)};
  record.measurements = {{.name = "encode.prompts_per_second",
                          .value = centre,
                          .unit = "1/s",
                          .n = static_cast<std::int64_t>(rates.size()),
                          .higher_is_better = true},
                         {.name = "encode.spread",
                          .value = (high - low) / centre,
                          .unit = "fraction",
                          .n = static_cast<std::int64_t>(rates.size()),
                          .higher_is_better = false}};
  store.draft(name)->commit(record, {});
  return record;
}

Table throughput_table(std::span<const Record> records) {
  std::set<std::string> places;
  for (const Record& record : records) places.insert(place_of(record.asked));
  Table table{.title = "How fast the language models read",
              .caption = fmt::format("captions of the drawn world, past the feature store; {}",
                                     fmt::join(places, "; "))};
  table.columns = {{.title = "encoder"},
                   {.title = "instruction"},
                   {.title = "prompts", .unit = "1/s", .digits = 0, .higher_is_better = true},
                   {.title = "range of passes", .unit = "fraction", .digits = 0}};
  for (const Record& record : records) {
    table.rows.push_back({Cell::words(get<std::string>(record.asked, "model")),
                          Cell::words(instruction_label(record.asked)),
                          Cell::number(*record.find("encode.prompts_per_second")->value),
                          Cell::number(*record.find("encode.spread")->value)});
  }
  return table;
}

}  // namespace lidit
