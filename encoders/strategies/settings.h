// The settings of a strategy: which keys there are, what they mean, and what each strategy sets.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "encoders/encoder_facts.h"
#include "encoders/encoder_settings.h"
#include "encoders/layers/attention.h"
#include "encoders/layers/modulation.h"
#include "encoders/refiners/linguistic_token_refiner.h"
#include "results/fields.h"

namespace lidit {

/// What is done to each state, after layers are mixed and before the map to the backbone's width
/// (feature scale). States of language models vary by orders of magnitude from token to token.
enum class FeatureNorm {
  none,
  rms,                // unit root mean square
  layer_norm,         // mean 0 and variance 1 of each token, without parameters
  affine_layer_norm,  // and then a trained weight and bias for each dimension
  scaled_rms,         // rms, then a trained weight for each dimension that starts at 0.01 (SANA)
  /// rms, then each dimension to mean 0 and variance 1 over the training captions, because a few
  /// dimensions that hardly change from prompt to prompt carry most of a state's norm.
  standardized
};

/// One frozen encoder and what the trained side does first with its states.
struct EncoderPart {
  EncoderSettings source;
  FeatureNorm feature_norm = FeatureNorm::rms;
  /// The fraction of training after which trained weights of layers stay as they are; 1: never
  /// (GRAN-TED's two-step training froze them after 96 of 144 thousand steps, arXiv 2512.15560).
  double layer_freeze_at = 1;
};

/// Where the states of instruction and template leave the route: never; right after
/// the language model; after the linguistic token refiner; after the collaborative refiner (paper).
enum class PrefixCrop { none, before_refiner, after_refiner, after_fusion };

/// How states come to the backbone's width: one linear map; two with a GELU
/// between, as in i1; learned queries that read the text, as in ELLA, without and with the time.
enum class AdapterKind { linear, mlp, resampler, timed_resampler };

struct AdapterSettings {
  AdapterKind kind = AdapterKind::linear;
  std::int64_t queries = 64, depth = 6;  // of a resampler; ELLA's
};

/// Where the linguistic token refiner works: behind the adapter (the default: the paper does not
/// say), or before it.
enum class RefinerWidth { backbone, encoder };

struct RefinerSettings {
  std::int64_t depth = 0;  // blocks of the linguistic token refiner; 0: the adapter alone
  AttentionPattern mask = AttentionPattern::full;
  RefinerConditioning conditioning = RefinerConditioning::time_and_text;
  GateInit gate = GateInit::zero;
  bool rotary = false;  // its attention knows positions (Kandinsky 5, Lumina-Image 2.0)
  RefinerWidth width = RefinerWidth::backbone;
  double feed_forward_ratio = kFeedForwardRatio;  // units inside its FFN over width
};

/// How the tokens of several encoders come together: one behind the other, or the
/// means of the others beside each token of the first.
enum class FusionJoin { tokens, channels };

struct FusionSettings {
  std::int64_t blocks = 0;  // of the collaborative refiner; 0: joined as they are
  bool modulated = true;    // the collaborative refiner reads time and pooled text
  GateInit gate = GateInit::zero;
  FusionJoin join = FusionJoin::tokens;
  bool shared_adapters = false;  // one adapter and one refiner serve all encoders
};

struct StrategySettings {
  std::vector<EncoderPart> encoders;
  AdapterSettings adapter{};
  RefinerSettings refiner{};
  FusionSettings fusion{};
  PrefixCrop crop = PrefixCrop::after_fusion;
};

/// A key that a strategy reads, for schemas and help texts.
struct KeyDescription {
  std::string key;           // "encoder.layer"
  bool per_encoder = false;  // also as "encoder.0.layer", which wins for that encoder
  std::string_view kind;     // as of kind_name: "text", "integer", "number"
  std::string_view summary;
  std::vector<std::string> choices{};           // of a text; empty: anything
  std::optional<double> at_least{}, at_most{};  // of an integer or a number
};

/// Every key, in the order of help texts. All of them have a value in each strategy's defaults,
/// except encoder.layer and encoder.layers, whose defaults depend on the model (complete_settings).
std::span<const KeyDescription> strategy_keys();
/// Whether a key of a spec speaks to the strategy: by what stands before its first point.
bool is_strategy_key(std::string_view key);

/// The composition that `fields` describe; every key must be there (complete_settings). Keys that
/// are no is_strategy_key are left alone. Throws SpecError: unknown key, bad value, an encoder that
/// the strategy does not have, parts that do not go together.
StrategySettings parse_strategy_settings(const Fields& fields);

/// `asked` over `defaults`, and what is still open filled by the kind of each model:
/// the template that encoder.template = "checkpoint" stands for, with its system text,
/// layer -3 (third-to-last block) of a causal model and -1 (last) of a bidirectional one, the
/// blocks that a mix of layers reads (all of them; of concat the last two), and among several
/// encoders no instruction and a plain template for a bidirectional one, unless asked for.
/// encoder.K.x goes before encoder.x.
Fields complete_settings(const Fields& defaults, const Fields& asked, const ModelLookup& lookup);

/// The defaults of the four strategies (design: README, "Strategies").
Fields raw_llm_defaults();
Fields instruction_guided_defaults();
Fields bidirectional_refiner_defaults();
Fields multi_llm_fusion_defaults();

}  // namespace lidit
