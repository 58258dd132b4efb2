// Cells of the section `encoders`.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "encoders/llm/family_table.h"
#include "encoders/llm/passes.h"
#include "encoders/model_files.h"
#include "harness/bench/bench_cell.h"
#include "harness/bench/encoder_table.h"
#include "results/philox.h"

namespace lidit {
namespace {

constexpr std::int64_t kDefaultPrompts = 8, kDefaultTokens = 64;
constexpr std::int64_t kRowsOfProducts = 512;  // at most, of all threads together
constexpr double kFixedMemory = 128 << 20;     // B: libraries' own buffers
/// Values of a token that are alive at once besides the FFN's, over the width.
constexpr double kLiveStates = 8;

// The one size of the defaults whose weights `lidit models fetch` brings.
constexpr std::string_view kFetchedSize = "smollm2-135m", kFetchedModel = "smollm2-135m-instruct";

std::vector<std::int64_t> offsets_of(std::int64_t prompts, std::int64_t length) {
  std::vector<std::int64_t> offsets;
  for (std::int64_t i = 0; i <= prompts; ++i) offsets.push_back(i * length);
  return offsets;
}

/// How many prompts each pass has.
std::vector<std::int64_t> prompts_per_pass(std::int64_t prompts, std::int64_t length,
                                           c10::Device device) {
  std::vector<std::int64_t> passes = cut_into_passes(offsets_of(prompts, length), device);
  std::adjacent_difference(passes.begin(), passes.end(), passes.begin());
  passes.erase(passes.begin());
  return passes;
}

throughput::Cost cost_of(const BenchEncoder& encoder, const BenchCell& cell, c10::Device device) {
  throughput::Cost cost;
  for (const std::int64_t prompts : prompts_per_pass(cell.batch, cell.length, device))
    cost = cost.with(throughput::encoder_cost(
        encoder.counted,
        {.prompts = prompts,
         .length = cell.length,
         .element_bytes = static_cast<std::int64_t>(c10::elementSize(cell.dtype))}));
  return cost;
}

std::vector<MatrixProduct> products_of(const throughput::EncoderShape& shape,
                                       const BenchCell& cell) {
  const std::int64_t rows = std::min(cell.batch * cell.length, kRowsOfProducts);
  const std::int64_t query = shape.heads * shape.head_width,
                     key = shape.key_heads * shape.head_width;
  return {{rows, shape.width, query + 2 * key},
          {rows, query, shape.width},
          {rows, shape.width, (shape.gated ? 2 : 1) * shape.hidden},
          {rows, shape.hidden, shape.width}};
}

/// Weights, one more copy of the largest matrix while it is laid out for the machine, activations.
double memory_of(const BenchEncoder& encoder, const BenchCell& cell, std::int64_t blocks) {
  const throughput::EncoderShape& shape = encoder.counted;
  double block = 0;
  for (const MatrixProduct& product : cell.products)
    block += static_cast<double>(product.in * product.out);
  const bool whole = blocks >= cell.blocks;
  const double weights =
      whole ? static_cast<double>(encoder.shape.parameters) : static_cast<double>(blocks) * block;
  const double tokens = static_cast<double>(cell.products.front().rows);
  const double states = tokens * (kLiveStates * static_cast<double>(shape.width) +
                                  3 * static_cast<double>(shape.hidden));
  return (weights + block + states) * static_cast<double>(c10::elementSize(cell.dtype)) +
         kFixedMemory;
}

TokenBatch random_batch(std::int64_t prompts, std::int64_t length, std::int64_t vocabulary) {
  Philox draws(0, "tokens");
  const Tensor ids = at::empty({prompts * length}, at::kLong);
  for (std::int64_t i = 0; i < ids.numel(); ++i)
    ids.mutable_data_ptr<std::int64_t>()[i] =
        static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(vocabulary)));
  return {ids, at::arange(prompts + 1, at::kLong) * length};
}

BenchPass pass_of(std::shared_ptr<const LanguageModel> model, std::int64_t layer,
                  const BenchCell& cell) {
  const TokenBatch all = random_batch(cell.batch, cell.length, model->shape().vocabulary);
  return [model = std::move(model), layer, all] {
    const std::vector<std::int64_t> layers{layer};
    encode_in_passes(*model, all, layers, {}, no_shared_beginnings(all.offsets.numel() - 1),
                     [](const PassStates& pass) { wait_for(pass.states); });
  };
}

std::shared_ptr<const LanguageModel> load_fetched(const std::filesystem::path& home,
                                                  at::ScalarType dtype, c10::Device device) {
  const ModelFiles files = find_model(kFetchedModel, home);
  const ConfigReader config = read_config(files);
  return find_family(config).load(config, open_weights(files), dtype, device);
}

BenchCell encoder_cell(const BenchEncoder& encoder, std::int64_t batch, std::int64_t length,
                       const BenchAxes& axes, const Home& home) {
  const bool fetched =
      encoder.name == kFetchedSize && std::filesystem::exists(home.models() / kFetchedModel);
  BenchCell cell{.section = BenchSection::encoders,
                 .size = std::string(encoder.name),
                 .weights = fetched ? "from disk" : "random",
                 .batch = batch,
                 .length = length,
                 .dtype = axes.type.value_or(at::kBFloat16),
                 .parameters = encoder.shape.parameters,
                 .blocks = encoder.counted.blocks,
                 .cost = {},
                 .products = {},
                 .memory = {},
                 .build = {}};
  cell.cost = cost_of(encoder, cell, axes.device);
  cell.products = products_of(encoder.counted, cell);
  cell.memory = [encoder, cell](std::int64_t blocks) { return memory_of(encoder, cell, blocks); };
  cell.build = [encoder, cell, fetched, root = home.root](std::int64_t blocks, c10::Device device) {
    if (blocks < cell.blocks)
      return pass_of(encoder.make(blocks, cell.dtype, device), blocks, cell);
    return pass_of(fetched ? load_fetched(root, cell.dtype, device)
                           : encoder.make(encoder.shape.depth, cell.dtype, device),
                   cell.blocks, cell);
  };
  if (length > encoder.shape.context)
    cell.obstacle =
        fmt::format("{} tokens do not fit its context of {}", length, encoder.shape.context);
  return cell;
}

}  // namespace

std::vector<BenchCell> encoder_cells(const BenchAxes& axes, const Home& home) {
  if (std::ranges::find(axes.sections, BenchSection::encoders) == axes.sections.end()) return {};
  std::vector<BenchCell> cells;
  const auto or_default = [](const std::vector<std::int64_t>& asked, std::int64_t otherwise) {
    return asked.empty() ? std::vector{otherwise} : asked;
  };
  const auto known = bench_encoders();
  for (const std::string& size : axes.sizes.empty() ? default_bench_encoders() : axes.sizes) {
    if (std::ranges::find(known, size, &BenchEncoder::name) == known.end()) continue;
    for (const std::int64_t batch : or_default(axes.batches, kDefaultPrompts))
      for (const std::int64_t length : or_default(axes.lengths, kDefaultTokens))
        cells.push_back(encoder_cell(bench_encoder(size), batch, length, axes, home));
  }
  return cells;
}

}  // namespace lidit
