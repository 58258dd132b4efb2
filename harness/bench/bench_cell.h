// A cell of `lidit bench`: what is measured, known before anything is built.
#pragma once
#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/home.h"
#include "harness/training/named_choices.h"
#include "metrics/throughput/flops.h"

namespace lidit {

enum class BenchSection { encoders, sampling, training, refiners };
inline constexpr NamedChoices<BenchSection, 4> kBenchSections{
    "section",
    {{{"encoders", BenchSection::encoders},
      {"sampling", BenchSection::sampling},
      {"training", BenchSection::training},
      {"refiners", BenchSection::refiners}}}};

inline constexpr NamedChoices<at::ScalarType, 2> kBenchTypes{
    "type", {{{"fp32", at::kFloat}, {"bf16", at::kBFloat16}}}};

/// Does once what the cell measures; owns what it needs for that.
using BenchPass = std::function<void()>;

/// `count` products of (rows,in) with (in,out).
struct MatrixProduct {
  std::int64_t rows, in, out, count = 1;
};

struct BenchCell {
  BenchSection section;
  std::string size;            // of the encoder or of the backbone
  std::string strategy{};      // of refiners
  std::string weights{};       // of encoders: random, or where they come from
  std::int64_t batch, length;  // prompts or images a pass; text tokens of each
  std::int64_t patches = 0;    // of an image
  at::ScalarType dtype;
  std::int64_t parameters;
  std::int64_t blocks;                  // that a pass goes through
  bool scales = true;                   // a few blocks can stand for all
  throughput::Cost cost;                // of a pass through all blocks
  std::vector<MatrixProduct> products;  // of one block: what its share of the peak refers to
  std::function<double(std::int64_t blocks)> memory;  // B, estimated from shapes
  std::function<BenchPass(std::int64_t blocks, c10::Device device)> build;
  std::string obstacle{};  // why it cannot be measured anywhere; or empty

  /// "encoders/qwen2-0.5b/bf16/batch=8/tokens=64": what --filter reads.
  std::string name() const;
};

/// What --only, --sizes, --batch, --length and --type ask for; empty: the defaults.
struct BenchAxes {
  std::vector<BenchSection> sections;
  std::vector<std::string> sizes{};
  std::vector<std::int64_t> batches{}, lengths{};
  std::optional<at::ScalarType> type{};
  c10::Device device = at::kCPU;  // where they will be measured
};

/// Sizes x batches x lengths of the encoders; weights from disk where `home` has them.
std::vector<BenchCell> encoder_cells(const BenchAxes& axes, const Home& home);
/// Sampling and refiners of every size, and then training of every size. A refiner's cost is told
/// beside a sampling step, so `refiners` brings its sampling cells along.
std::vector<BenchCell> backbone_cells(const BenchAxes& axes);

/// All cells; throws UserError with the choices on a size that is neither an encoder's nor a
/// backbone's.
std::vector<BenchCell> bench_cells(const BenchAxes& axes, const Home& home);
/// Those whose name has a match of the regular expression. UserError when it is none, or when
/// nothing matches: then it lists the names.
std::vector<BenchCell> filter_cells(std::vector<BenchCell> cells, const std::string& expression);

/// Returns when the device has computed `tensor`.
void wait_for(const at::Tensor& tensor);

}  // namespace lidit
