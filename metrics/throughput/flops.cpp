#include "metrics/throughput/flops.h"

#include <algorithm>
#include <numeric>

namespace lidit::throughput {
namespace {

constexpr double kRefinerGates = 2, kCollaborativeVectors = 6, kBlockVectors = 9, kFinalVectors = 2;
constexpr double kFeedForward = 4;    // units inside the FFN of refiners and backbone, over width
constexpr double kFrequencies = 256;  // of the timestep embedding
constexpr double kConvolution = 9;    // places that a 3 x 3 convolution reads

double real(std::int64_t count) { return static_cast<double>(count); }

/// `count` linear maps from `in` to `out` values over `rows` rows.
CostTerm maps(std::string name, double count, double in, double out, double rows, double bytes,
              std::string_view reason) {
  return {std::move(name), 2 * count * in * out * rows,
          count * bytes * (in * out + rows * (in + out)), reason};
}

/// Scores and weighted sums: `pairs` of query and key, each over `width` values of all heads.
CostTerm attention(std::string name, double pairs, double width, double values, double bytes,
                   std::string_view reason) {
  return {std::move(name), 4 * pairs * width, values * bytes, reason};
}

}  // namespace

double Cost::flops() const {
  return std::accumulate(terms.begin(), terms.end(), 0.0,
                         [](double sum, const CostTerm& term) { return sum + term.flops; });
}

double Cost::bytes() const {
  return std::accumulate(terms.begin(), terms.end(), 0.0,
                         [](double sum, const CostTerm& term) { return sum + term.bytes; });
}

Cost Cost::times(double factor) const {
  Cost scaled = *this;
  for (CostTerm& term : scaled.terms) {
    term.flops *= factor;
    term.bytes *= factor;
  }
  return scaled;
}

Cost Cost::with(const Cost& other) const {
  Cost both = *this;
  for (const CostTerm& term : other.terms) {
    const auto same = std::ranges::find(both.terms, term.name, &CostTerm::name);
    if (same == both.terms.end()) {
      both.terms.push_back(term);
    } else {
      same->flops += term.flops;
      same->bytes += term.bytes;
    }
  }
  return both;
}

Cost encoder_cost(const EncoderShape& shape, const EncoderLoad& load) {
  const double blocks = real(shape.blocks), d = real(shape.width), bytes = real(load.element_bytes);
  const double query = real(shape.heads * shape.head_width);
  const double key = real(shape.key_heads * shape.head_width);
  const double n = real(load.length), prefix = real(load.prefix), prompts = real(load.prompts);
  const double tokens = prompts * n, inner = (shape.gated ? 2 : 1) * real(shape.hidden);
  const double pairs = prompts * (shape.causal ? n * prefix + n * (n + 1) / 2 : n * n);
  return {{
      maps("queries, keys, values", blocks, d, query + 2 * key, tokens, bytes,
           "2 d (H + 2 KV) E a token and block"),
      attention("attention", blocks * pairs, query,
                blocks * (tokens * (2 * query + 2 * key) + 2 * prefix * key), bytes,
                shape.causal ? "4 H E a pair of a token with the prefix, itself and those before it"
                             : "4 H E a pair of tokens of a prompt"),
      maps("output", blocks, query, d, tokens, bytes, "2 H E d a token and block"),
      maps("feed-forward, in", blocks, d, inner, tokens, bytes,
           shape.gated ? "2 * 2 d F a token and block: gate and up" : "2 d F a token and block"),
      maps("feed-forward, out", blocks, real(shape.hidden), d, tokens, bytes,
           "2 F d a token and block"),
  }};
}

Cost adapter_cost(std::int64_t encoder_width, std::int64_t width, const TextLoad& load) {
  const double in = real(encoder_width), d = real(width), bytes = real(load.element_bytes);
  const double prompts = real(load.prompts), tokens = prompts * real(load.tokens);
  return {{
      maps("adapter", 1, in, d, tokens, bytes, "2 D d a token"),
      maps("pooled text, in", 1, in, d, prompts, bytes, "2 D d a prompt"),
      maps("pooled text, out", 1, d, d, prompts, bytes, "2 d d a prompt"),
  }};
}

Cost refiner_cost(std::int64_t blocks, std::int64_t width, const TextLoad& load) {
  const double depth = real(blocks), d = real(width), bytes = real(load.element_bytes);
  const double prompts = real(load.prompts), n = real(load.tokens), tokens = prompts * n;
  return {{
      maps("refiner: attention maps", 4 * depth, d, d, tokens, bytes, "4 * 2 d d a token"),
      attention("refiner: attention", depth * prompts * n * n, d, depth * 4 * tokens * d, bytes,
                "4 d a pair of tokens"),
      maps("refiner: feed-forward, in", depth, d, kFeedForward * d, tokens, bytes,
           "2 * 4 d d a token"),
      maps("refiner: feed-forward, out", depth, kFeedForward * d, d, tokens, bytes,
           "2 * 4 d d a token"),
      maps("refiner: gates", depth, d, kRefinerGates * d, prompts, bytes, "2 * 2 d d a prompt"),
  }};
}

Cost collaborative_refiner_cost(std::int64_t blocks, std::int64_t width, std::int64_t encoders,
                                const TextLoad& load) {
  const double branches = real(blocks * encoders), others = real(encoders - 1);
  const double d = real(width), bytes = real(load.element_bytes);
  const double prompts = real(load.prompts), n = real(load.tokens), tokens = prompts * n;
  return {{
      maps("fusion: queries and output", 2 * branches, d, d, tokens, bytes,
           "2 * 2 d d a token of an encoder"),
      maps("fusion: keys and values", 2 * branches, d, d, others * tokens, bytes,
           "2 * 2 d d a token of the other encoders"),
      attention("fusion: attention", branches * prompts * n * n * others, d,
                branches * 2 * (tokens + others * tokens) * d, bytes,
                "4 d a pair of a token and one of another encoder"),
      maps("fusion: feed-forward, in", branches, d, kFeedForward * d, tokens, bytes,
           "2 * 4 d d a token"),
      maps("fusion: feed-forward, out", branches, kFeedForward * d, d, tokens, bytes,
           "2 * 4 d d a token"),
      maps("fusion: modulation", branches, d, kCollaborativeVectors * d, prompts, bytes,
           "6 * 2 d d a prompt and encoder"),
  }};
}

Cost backbone_cost(const BackboneShape& shape, const BackboneLoad& load) {
  const double depth = real(shape.depth), d = real(shape.width), n = real(shape.patches);
  const double values = real(shape.patch_values), bytes = real(load.element_bytes);
  const double rows = real(load.rows), tokens = real(load.text_tokens), patches = rows * n;
  return {{
      maps("self-attention maps", 4 * depth, d, d, patches, bytes, "4 * 2 d d a patch and block"),
      attention("self-attention", depth * rows * n * n, d, depth * 4 * patches * d, bytes,
                "4 d a pair of patches and block"),
      maps("cross-attention: queries and output", 2 * depth, d, d, patches, bytes,
           "2 * 2 d d a patch and block"),
      maps("cross-attention: keys and values", 2 * depth, d, d, tokens, bytes,
           "2 * 2 d d a token and block"),
      attention("cross-attention", depth * n * tokens, d, depth * 2 * (patches + tokens) * d, bytes,
                "4 d a pair of patch and token and block"),
      maps("feed-forward, in", depth, d, kFeedForward * d, patches, bytes,
           "2 * 4 d d a patch and block"),
      maps("feed-forward, out", depth, kFeedForward * d, d, patches, bytes,
           "2 * 4 d d a patch and block"),
      maps("modulation", depth, d, kBlockVectors * d, rows, bytes, "9 * 2 d d an image and block"),
      {"position block", 2 * 2 * kConvolution * d * d * patches,
       2 * bytes * (kConvolution * d * d + 2 * patches * d),
       "two 3 x 3 convolutions: 2 * 9 * 2 d d a patch"},
      maps("patch embedding", 1, values, d, patches, bytes, "2 V d a patch"),
      maps("time embedding", 1, kFrequencies + d, d, rows, bytes, "2 (256 + d) d an image"),
      maps("final modulation", 1, d, kFinalVectors * d, rows, bytes, "2 * 2 d d an image"),
      maps("final layer", 1, d, values, patches, bytes, "2 d V a patch"),
  }};
}

Cost training_cost(const Cost& forward) { return forward.times(3); }

}  // namespace lidit::throughput
