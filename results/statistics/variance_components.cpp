#include "results/statistics/variance_components.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "results/statistics/checks.h"
#include "results/statistics/estimates.h"

namespace lidit {
namespace {

/// A grid of scores: `rows` prompts with `columns` each.
struct Grid {
  std::span<const double> values;
  std::size_t rows, columns;
  double at(std::size_t row, std::size_t column) const { return values[row * columns + column]; }
};

Grid make_grid(std::span<const double> values, std::int64_t columns) {
  check_finite(values);
  const auto width = static_cast<std::size_t>(columns);
  if (columns < 1 || values.size() % width != 0)
    throw std::invalid_argument(fmt::format("{} scores in rows of {}", values.size(), columns));
  return {values, values.size() / width, width};
}

std::vector<double> row_means(const Grid& grid) {
  std::vector<double> means;
  for (std::size_t i = 0; i < grid.rows; ++i)
    means.push_back(*mean(grid.values.subspan(i * grid.columns, grid.columns)));
  return means;
}

std::vector<double> column_means(const Grid& grid) {
  std::vector<double> means(grid.columns);
  for (std::size_t i = 0; i < grid.rows; ++i)
    for (std::size_t k = 0; k < grid.columns; ++k)
      means[k] += grid.at(i, k) / static_cast<double>(grid.rows);
  return means;
}

}  // namespace

std::optional<VarianceSplit> split_variance(std::span<const double> values, std::int64_t images) {
  const Grid grid = make_grid(values, images);
  if (grid.rows < 2 || grid.columns < 2) return std::nullopt;
  const std::vector<double> means = row_means(grid);
  const auto n = static_cast<double>(grid.rows), count = static_cast<double>(grid.columns);
  double squares = 0;
  for (std::size_t i = 0; i < grid.rows; ++i)
    for (std::size_t k = 0; k < grid.columns; ++k) squares += std::pow(grid.at(i, k) - means[i], 2);
  const double within = squares / (n * (count - 1)), between = count * *variance(means);
  const double total = between + (count - 1) * within;
  if (total == 0) return std::nullopt;
  const double correlation = (between - within) / total;
  return VarianceSplit{.between_mean_square = between,
                       .within_mean_square = within,
                       .between = std::max(0.0, (between - within) / count),
                       .within = within,
                       .intraclass_correlation = correlation,
                       .design_effect = 1 + (count - 1) * correlation};
}

std::optional<CrossedVariance> split_crossed_variance(std::span<const double> values,
                                                      std::int64_t seeds) {
  const Grid grid = make_grid(values, seeds);
  if (grid.rows < 2 || grid.columns < 2) return std::nullopt;
  const std::vector<double> by_row = row_means(grid), by_column = column_means(grid);
  const auto n = static_cast<double>(grid.rows), count = static_cast<double>(grid.columns);
  const double center = *mean(values);
  double squares = 0;
  for (std::size_t i = 0; i < grid.rows; ++i)
    for (std::size_t k = 0; k < grid.columns; ++k)
      squares += std::pow(grid.at(i, k) - by_row[i] - by_column[k] + center, 2);
  const double residual = squares / ((n - 1) * (count - 1));
  const double of_prompts = std::max(0.0, *variance(by_row) - residual / count);
  const double of_seeds = std::max(0.0, *variance(by_column) - residual / n);
  return CrossedVariance{
      .prompts = of_prompts,
      .seeds = of_seeds,
      .residual = residual,
      .standard_error = std::sqrt(of_prompts / n + of_seeds / count + residual / (n * count))};
}

}  // namespace lidit
