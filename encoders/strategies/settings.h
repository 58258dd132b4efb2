// The settings of a strategy: which keys there are, what they mean, and what each strategy sets.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "encoders/encoder_settings.h"
#include "encoders/layers/attention.h"
#include "encoders/layers/modulation.h"
#include "results/fields.h"

namespace lidit {

/// What is done to each hidden state before the linear map to the backbone's width. rms: states of
/// language models vary by orders of magnitude from token to token (paper.md section 9, 3).
/// standardized: then each dimension to mean 0 and variance 1 over the training captions, because a
/// few dimensions that hardly change from prompt to prompt carry most of a state's norm.
enum class FeatureNorm { none, rms, standardized };

/// One frozen encoder and what the trained side does first with its states.
struct EncoderPart {
  EncoderSettings source;
  FeatureNorm feature_norm = FeatureNorm::rms;
};

/// Where the states of instruction and template leave the route (paper.md 3.2): never; right after
/// the language model; after the linguistic token refiner; after the collaborative refiner (paper).
enum class PrefixCrop { none, before_refiner, after_refiner, after_fusion };

struct RefinerSettings {
  std::int64_t depth = 0;  // blocks of the linguistic token refiner; 0: linear adapter alone
  AttentionPattern mask = AttentionPattern::full;
  GateInit gate = GateInit::zero;
};

struct FusionSettings {
  std::int64_t blocks = 0;  // of the collaborative refiner; 0: concatenation alone
  GateInit gate = GateInit::zero;
};

struct StrategySettings {
  std::vector<EncoderPart> encoders;
  RefinerSettings refiner;
  FusionSettings fusion;
  PrefixCrop crop = PrefixCrop::after_fusion;
};

/// A key that a strategy reads, for schemas and help texts.
struct KeyDescription {
  std::string key;           // "encoder.layer"
  bool per_encoder = false;  // also as "encoder.0.layer", which wins for that encoder
  std::string_view kind;     // as of kind_name: "text", "integer"
  std::string_view summary;
  std::vector<std::string> choices{};                 // of a text; empty: anything
  std::optional<std::int64_t> at_least{}, at_most{};  // of an integer
};

/// Every key, in the order of help texts. All of them have a value in each strategy's defaults,
/// except encoder.layer, whose default depends on the model (complete_settings).
std::span<const KeyDescription> strategy_keys();

/// The composition that `fields` describe; every key must be there (complete_settings). Keys that
/// do not begin with encoder., refiner. or fusion. are left alone. Throws SpecError: unknown key,
/// bad value, an encoder that the strategy does not have, fusion of a single encoder.
StrategySettings parse_strategy_settings(const Fields& fields);

/// `asked` over `defaults`, and what is still open filled by the kind of each model:
/// layer -3 (third-to-last block) of a causal model and -1 (last) of a bidirectional one, and among
/// several encoders no instruction and a plain template for a bidirectional one, unless asked for.
/// encoder.K.x goes before encoder.x.
Fields complete_settings(const Fields& defaults, const Fields& asked,
                         const std::function<bool(const std::string& model)>& is_bidirectional);

/// The defaults of the four strategies (design: README, "Strategies").
Fields raw_llm_defaults();
Fields instruction_guided_defaults();
Fields bidirectional_refiner_defaults();
Fields multi_llm_fusion_defaults();

}  // namespace lidit
