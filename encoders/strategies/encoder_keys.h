// The settings of the frozen encoders: model, hidden state, what stands before the caption.
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "encoders/strategies/settings.h"

namespace lidit {

std::span<const KeyDescription> encoder_keys();
/// One encoder, no instruction; everything but encoder.layer and encoder.layers, whose defaults
/// depend on the model.
Fields encoder_defaults();

/// "encoder.1.layer" for encoder 1 and "layer".
std::string encoder_key(std::size_t encoder, std::string_view name);

/// encoder.count; throws SpecError when it is out of bounds.
std::size_t parse_encoder_count(const Fields& fields);
/// encoder.K.x goes before encoder.x. Throws SpecError.
EncoderPart parse_encoder(const Fields& fields, std::size_t encoder);
PrefixCrop parse_crop(const Fields& fields);

/// Fills in what depends on the kinds of the models; see complete_settings.
void complete_encoders(Fields& fields, const Fields& asked, const ModelLookup& lookup);

}  // namespace lidit
