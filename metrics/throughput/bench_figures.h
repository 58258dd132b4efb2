// The figures of `lidit bench`, from records alone.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "results/record.h"

namespace lidit::throughput {

struct Figure {
  std::string name;  // of the file, without .svg
  std::string svg;
};

/// roofline: FLOP/s of every cell against its FLOPs per byte, below what the same run measured of
/// matrix products and of copying. encoders, sampling, training: rates against parameters;
/// sampling with what refiner and fusion add. text_share: that as a part of a step. Rings are
/// extrapolated. A figure without records is left out; equal records give equal bytes.
std::vector<Figure> bench_figures(std::span<const Record> records);

/// Alignment against cost, of records of experiments: what each strategy scored on `measurement`
/// ("structures.binding") against its seconds for a training step. Empty where no record has both.
std::vector<Figure> cost_figures(std::span<const Record> experiments,
                                 const std::string& measurement);

}  // namespace lidit::throughput
