// An encoder as probes see it: from settings to the states of tokens.
#pragma once
#include <c10/core/Device.h>

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/probes/probe_report.h"
#include "metrics/probes/token_states.h"
#include "results/fields.h"

namespace lidit {

/// One row of a probe's tables.
struct ProbeRow {
  std::string label;
  Fields resolved;                // every setting, see settings.h
  std::filesystem::path weights;  // of a trained cell; empty: untrained
};

/// Whether a row of this strategy has a language model whose words could be probed.
bool reads_words(std::string_view strategy);

/// `asked` with what probes want other than experiments, unless it is asked for: fp32, in which a
/// token's states do not depend on the rest of the batch to the last bit; and gates of refiners
/// that start at one, because through closed gates an untrained refiner is the identity.
Fields with_probe_defaults(Fields asked);

struct OpenedEncoder {
  probes::ProbedEncoder description;  // without estimates
  probes::Subject subject;
};

/// The encoders of all rows, each language model once. Where nothing but one language model makes
/// the states, its own are probed, as `lidit encode` writes them; otherwise the conditioning of the
/// backbone, at pure noise (t = 0), prompt by prompt. States are standardised over `neutral`, whose
/// prompts also fit feature norms that no training has fitted.
/// Throws UserError for a row without words to probe (chance, exact tokens, a resampler, tokens for
/// each block), and as open_encoder does.
std::vector<OpenedEncoder> open_probed_encoders(std::span<const ProbeRow> rows,
                                                std::span<const std::string> neutral,
                                                const std::filesystem::path& home,
                                                c10::Device device);

}  // namespace lidit
