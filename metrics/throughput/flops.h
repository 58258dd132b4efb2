// What a model computes and moves, counted from shapes alone: useful FLOPs (a multiplication and an
// addition are two) and the bytes that cannot be avoided. Norms, activations, softmax and look-ups
// count as nothing: they are not what the machine is bought for.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lidit::throughput {

/// One kind of work of a pass.
struct CostTerm {
  std::string name;         // "attention"
  double flops;             // of the whole pass
  double bytes;             // weights read once, inputs read and outputs written once
  std::string_view reason;  // the formula, in words
};

struct Cost {
  std::vector<CostTerm> terms;

  double flops() const;
  double bytes() const;
  /// FLOPs per byte: where a roofline has it.
  double intensity() const { return flops() / bytes(); }
  /// Every term `factor` times.
  Cost times(double factor) const;
  /// The terms of both; those of one name are added up.
  Cost with(const Cost& other) const;
};

/// A language model as far as it counts: L blocks of width d, H heads and KV key heads of width E,
/// F units inside the feed-forward network, which has a gate or not.
struct EncoderShape {
  std::int64_t blocks, width, heads, key_heads, head_width, hidden;
  bool gated = true;
  bool causal = true;
};

/// Prompts of one length, packed, behind a prefix whose keys and values are there already.
struct EncoderLoad {
  std::int64_t prompts, length;
  std::int64_t prefix = 0;         // causal models only
  std::int64_t element_bytes = 2;  // of a weight or an activation
};

/// Without embedding (a look-up), without head. The prefix is read, not computed: its own cost,
/// once for all prompts, is that of a single prompt of its length.
Cost encoder_cost(const EncoderShape& shape, const EncoderLoad& load);

/// What is trained in front of the backbone; d is the backbone's width.
struct TextLoad {
  std::int64_t prompts, tokens;    // T of each prompt and encoder
  std::int64_t element_bytes = 4;  // of a weight or an activation
};

/// One encoder's states to the backbone's width, and the pooled text: Linear(D, d) of each token;
/// Linear(d, d) SiLU Linear(D, d) of each prompt.
Cost adapter_cost(std::int64_t encoder_width, std::int64_t width, const TextLoad& load);

/// Blocks of self-attention and FFN over the tokens of one encoder, two gates a block.
Cost refiner_cost(std::int64_t blocks, std::int64_t width, const TextLoad& load);

/// Blocks in which the tokens of each of `encoders` read those of the others: cross-attention and
/// FFN, six vectors of modulation a block and encoder.
Cost collaborative_refiner_cost(std::int64_t blocks, std::int64_t width, std::int64_t encoders,
                                const TextLoad& load);

/// LI-DiT: L blocks of width d over N patches of V values.
struct BackboneShape {
  std::int64_t depth, width, patches, patch_values;
};

/// Rows are images, or with guidance twice as many; text tokens are those of all rows together.
struct BackboneLoad {
  std::int64_t rows, text_tokens;
  std::int64_t element_bytes = 4;  // of a weight or an activation
};

/// One call of the backbone: a sampling step, or the forward half of a training step.
Cost backbone_cost(const BackboneShape& shape, const BackboneLoad& load);

/// Three times the forward pass: once forward, and backward once for the gradients of the inputs
/// and once for those of the weights. The optimiser is not counted.
Cost training_cost(const Cost& forward);

}  // namespace lidit::throughput
