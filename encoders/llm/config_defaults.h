// What config.json leaves out when it says no more than how a model differs from its family.
#pragma once
#include <nlohmann/json_fwd.hpp>

namespace lidit {

/// `settings` of a text tower ("text_config"), completed by what transformers assumes for its
/// "model_type" where a key is missing altogether; a null stays one.
nlohmann::json with_defaults(const nlohmann::json& settings);

}  // namespace lidit
