// A model's tensors by name: from files that were checked as a whole first, or random for tests.
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
};

/// What the tensors of one family are called in files.
struct TensorNames {
  std::span<const std::string_view> prefixes;  // before every Hugging Face name, one of these
  std::string_view blocks;                     // what precedes a block's index: "layers."
  std::span<const std::pair<std::string_view, std::string_view>> gguf;  // ours -> GGUF's stems
  std::span<const std::string_view> unused;  // may be there: "head." starts a name, others end one
};

class NamedWeights {
 public:
  virtual ~NamedWeights() = default;
  virtual Naming naming() const = 0;
  /// A contiguous tensor on the CPU; `name` is one of the expected ones.
  virtual Tensor read(std::string_view name, at::ScalarType dtype) const = 0;
};

/// Draws keyed by (seed, name): matrices with variance 1 / columns, vectors about 1 ("norm" in the
/// name) or about 0.
class RandomWeights : public NamedWeights {
 public:
  RandomWeights(std::vector<ExpectedTensor> expected, std::uint64_t seed);
  Naming naming() const override { return Naming::hugging_face; }
  Tensor read(std::string_view name, at::ScalarType dtype) const override;

 private:
  std::vector<ExpectedTensor> expected_;
  std::uint64_t seed_;
};

class FileWeights : public NamedWeights {
 public:
  /// Throws FileError that lists what is missing, misshaped or not known to this family.
  FileWeights(std::vector<std::shared_ptr<const WeightFile>> files, Naming naming,
              std::span<const ExpectedTensor> expected, const TensorNames& names);
  Naming naming() const override { return naming_; }
  Tensor read(std::string_view name, at::ScalarType dtype) const override;

 private:
  std::vector<std::shared_ptr<const WeightFile>> files_;
  Naming naming_;
  std::unordered_map<std::string, const TensorView*> tensors_;  // by our name
};

/// Number of weights in all of them.
std::int64_t parameter_count(std::span<const ExpectedTensor> expected);

}  // namespace lidit
