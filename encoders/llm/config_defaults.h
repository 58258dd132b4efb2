// What config.json leaves out where the library that wrote it would assume it.
#pragma once
#include <nlohmann/json_fwd.hpp>

namespace lidit {

/// `settings` completed by what transformers assumes for its "model_type" where a key is missing
/// altogether; a null stays one. Options (a window, a soft cap) always; sizes only when asked, of a
/// text tower ("text_config"), which says no more than how it differs from its family.
nlohmann::json with_defaults(const nlohmann::json& settings, bool sizes);

}  // namespace lidit
