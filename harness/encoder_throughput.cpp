#include "harness/encoder_throughput.h"

#include <algorithm>
#include <chrono>

#include "encoders/open_encoder.h"
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

Identity identify_encoder(const EncoderSettings& settings, std::span<const Prompt> prompts) {
  std::string texts;
  for (const Prompt& prompt : prompts) texts += prompt.text + '\n';
  return {.spec = {{"measure", std::string("encoder throughput")},
                   {"model", settings.model},
                   {"layer", settings.layer},
                   {"instruction", settings.instruction},
                   {"template", settings.chat_template}},
          .seed = 0,
          .dtype = settings.dtype == at::kFloat ? "f32" : "bf16",
          .hashes = {{"prompts", sha256_hex(texts)}}};
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

}  // namespace

Record measure_encoder(const EncoderSettings& settings, std::span<const Prompt> prompts,
                       const Home& home, c10::Device device) {
  const Identity identity = identify_encoder(settings, prompts);
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
  Table table{.title = "How fast the language models read",
              .caption = "captions of the drawn world, past the feature store, all cores"};
  table.columns = {{.title = "encoder"},
                   {.title = "instruction"},
                   {.title = "prompts", .unit = "1/s", .digits = 0, .higher_is_better = true},
                   {.title = "range of passes", .unit = "fraction", .digits = 0}};
  for (const Record& record : records) {
    const auto instruction = get<std::string>(record.asked, "instruction");
    table.rows.push_back({Cell::words(get<std::string>(record.asked, "model")),
                          Cell::words(instruction.empty() ? "none" : "li-dit"),
                          Cell::number(*record.find("encode.prompts_per_second")->value),
                          Cell::number(*record.find("encode.spread")->value)});
  }
  return table;
}

}  // namespace lidit
