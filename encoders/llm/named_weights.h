// A model's tensors by name: from files that were checked as a whole first, or random.
#pragma once
#include <ATen/core/Tensor.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "encoders/llm/config_reader.h"
#include "encoders/weights/weight_file.h"

namespace lidit {

using at::Tensor;

/// A tensor that a model needs, called as in Hugging Face's base model (no "model." in front).
struct ExpectedTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  bool optional = false;  // not a parameter of the model, and not in every file
};

/// What the tensors of one family are called in files.
struct TensorNames {
  std::span<const std::string_view> prefixes;  // before every Hugging Face name, one of these
  std::string_view blocks;                     // what precedes a block's index: "layers."
  std::string_view gguf_blocks;                // the same in GGUF: "blk."
  std::span<const std::pair<std::string_view, std::string_view>> gguf;  // ours -> GGUF's stems
  std::span<const std::string_view> unused;  // may be there: "head." starts a name, others end one
};

class NamedWeights {
 public:
  virtual ~NamedWeights() = default;
  /// A contiguous tensor on the CPU that nobody may write to; `name` is one of the expected ones.
  /// Undefined for an optional one that is not there.
  virtual Tensor read(std::string_view name, at::ScalarType dtype) const = 0;
  /// Several tensors below each other along their first dimension, which may be written to.
  virtual Tensor read_joined(std::span<const std::string> names, at::ScalarType dtype) const = 0;
};

/// Draws keyed by (seed, name): matrices with variance 1 / columns, vectors about 1 ("norm" in the
/// name) or about 0.
class RandomWeights : public NamedWeights {
 public:
  RandomWeights(std::vector<ExpectedTensor> expected, std::uint64_t seed);
  Tensor read(std::string_view name, at::ScalarType dtype) const override;
  Tensor read_joined(std::span<const std::string> names, at::ScalarType dtype) const override;

 private:
  std::vector<ExpectedTensor> expected_;
  std::uint64_t seed_;
};

/// Tensors are converted one by one, and their pages of the file dropped behind.
class FileWeights : public NamedWeights {
 public:
  /// Throws FileError that lists what is missing, misshaped or not known to this family.
  FileWeights(const std::vector<std::shared_ptr<const WeightFile>>& files, Naming naming,
              std::span<const ExpectedTensor> expected, const TensorNames& names);
  /// Shares the file's memory where the file holds the type that is asked for.
  Tensor read(std::string_view name, at::ScalarType dtype) const override;
  Tensor read_joined(std::span<const std::string> names, at::ScalarType dtype) const override;

 private:
  struct Stored {
    std::shared_ptr<const WeightFile> file;
    const TensorView* view;
  };
  const Stored* find(std::string_view name) const;

  std::unordered_map<std::string, Stored> tensors_;  // by our name; optional ones may be missing
};

/// Number of weights in all of them.
std::int64_t parameter_count(std::span<const ExpectedTensor> expected);

}  // namespace lidit
