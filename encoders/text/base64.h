#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lidit {

/// The bytes of standard base64 with padding (RFC 4648); nothing when it is not that.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace lidit
