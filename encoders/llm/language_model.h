// A frozen language model: packed token ids in, hidden states of chosen blocks out.
#pragma once
#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "encoders/kernels/packed_attention.h"
#include "encoders/llm/token_batch.h"

namespace lidit {

/// What is known of a language model before its weights are read.
struct LanguageModelShape {
  std::string family;
  std::int64_t vocabulary, width, depth, context, parameters;  // depth: number of blocks
  bool causal;
  bool pools_end_token = false;  // which follows every prompt: its state stands for the text (CLIP)
};

/// A constant prefix after it went through the model once.
struct EncodedPrefix {
  std::vector<KeyValue> blocks;  // of every block that the kept layers need
  Tensor layers;                 // (K,P,D) hidden states of the kept layers
  std::int64_t length() const { return layers.defined() ? layers.size(1) : 0; }
};

/// The rows of one call, as every block sees them.
struct Segments {
  Tensor offsets;              // (N+1) int64, on the CPU
  Tensor shared = {};          // (N) int64, on the CPU, or undefined: see TokenBatch
  Tensor positions = {};       // (S) int64 position of each row in its prompt, the prefix counted
  Tensor position_table = {};  // what the family made of the positions, or undefined
};

/// `layer` as an index 0..depth into transformers' hidden_states; a negative one counts from the
/// end. Throws UserError that names the range.
std::int64_t resolve_layer(std::int64_t layer, const LanguageModelShape& shape);

/// All of `layers` so; throws UserError when two are the same state.
std::vector<std::int64_t> resolve_layers(std::span<const std::int64_t> layers,
                                         const LanguageModelShape& shape);

/// Frozen and constant after construction; not a Module (see feature_source.h). Layers are indexed
/// as in transformers' hidden_states: 0 is the embeddings, k the output of block k, and the last
/// one comes after the model's final norm if it has one. Blocks above the last layer asked for are
/// not computed. A prompt's states do not depend on its neighbours in the batch, bit for bit.
class LanguageModel {
 public:
  virtual ~LanguageModel() = default;

  const LanguageModelShape& shape() const { return shape_; }
  at::ScalarType dtype() const { return dtype_; }
  c10::Device device() const { return device_; }

  /// Hidden states (K,S,D) of the packed prompts, each behind the prefix if there is one (which was
  /// made with the same layers). Ids must be within the vocabulary and prompts within the context.
  /// Tokens that prompts share have one row, at the prompt that owns them.
  Tensor encode_packed(const TokenBatch& batch, std::span<const std::int64_t> layers,
                       const EncodedPrefix& prefix = {}) const;
  /// `ids` (P) int64; for causal models only, because elsewhere a prefix would see the prompt.
  EncodedPrefix encode_prefix(const Tensor& ids, std::span<const std::int64_t> layers) const;

 protected:
  LanguageModel(LanguageModelShape shape, at::ScalarType dtype, c10::Device device);

  /// (S) ids -> (S,D), the first hidden state.
  virtual Tensor embed(const Tensor& ids, const Segments& segments) const = 0;
  /// What all blocks need of the positions (S): cosines and sines, say. Nothing by default.
  virtual Tensor position_table(const Tensor& positions) const;
  /// (S,D) -> (S,D). Writes the segment's keys and values to `own` unless it is null.
  virtual Tensor block(std::int64_t index, const Tensor& hidden, const Segments& segments,
                       const KeyValue& prefix, KeyValue* own) const = 0;
  /// What follows the last block: the final norm, or nothing.
  virtual Tensor finish(const Tensor& hidden) const = 0;

 private:
  Tensor run(const TokenBatch& batch, std::span<const std::int64_t> layers,
             const EncodedPrefix& prefix, std::vector<KeyValue>* own) const;

  LanguageModelShape shape_;
  at::ScalarType dtype_;
  c10::Device device_;
};

}  // namespace lidit
