#include "harness/bench/bench_cell.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "harness/backbone/sizes.h"
#include "harness/bench/encoder_table.h"
#include "results/names.h"

namespace lidit {
namespace {

void check_sizes(const std::vector<std::string>& sizes) {
  std::vector<std::string> known;
  for (const BenchEncoder& encoder : bench_encoders()) known.emplace_back(encoder.name);
  for (const BackboneSize& size : backbone_sizes()) known.emplace_back(size.name);
  for (const std::string& size : sizes)
    if (std::ranges::find(known, size) == known.end())
      throw UserError(unknown_name("size", size, known));
}

}  // namespace

std::string BenchCell::name() const {
  return fmt::format("{}/{}{}/{}/batch={}/tokens={}", kBenchSections.name_of(section), size,
                     strategy.empty() ? "" : "/" + strategy, kBenchTypes.name_of(dtype), batch,
                     length);
}

std::vector<BenchCell> bench_cells(const BenchAxes& axes, const Home& home) {
  check_sizes(axes.sizes);
  std::vector<BenchCell> cells = encoder_cells(axes, home);
  for (BenchCell& cell : backbone_cells(axes)) cells.push_back(std::move(cell));
  return cells;
}

std::vector<BenchCell> filter_cells(std::vector<BenchCell> cells, const std::string& expression) {
  std::regex wanted;
  try {
    wanted.assign(expression, std::regex::extended);
  } catch (const std::regex_error&) {
    throw UserError(fmt::format("--filter: '{}' is no regular expression", expression));
  }
  std::string names;
  for (const BenchCell& cell : cells) names += (names.empty() ? "" : ", ") + cell.name();
  std::erase_if(cells,
                [&](const BenchCell& cell) { return !std::regex_search(cell.name(), wanted); });
  if (cells.empty())
    throw UserError(fmt::format("no cell matches '{}'. Choices: {}.", expression,
                                names.empty() ? "none, with these sizes and sections" : names));
  return cells;
}

void wait_for(const at::Tensor& tensor) {
  if (!tensor.is_cpu() && tensor.numel() > 0) tensor.flatten().narrow(0, 0, 1).cpu();
}

}  // namespace lidit
