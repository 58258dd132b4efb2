#include "encoders/text/byte_alphabet.h"

#include "encoders/text/utf8.h"

namespace lidit {
namespace {

bool stands_for_itself(char32_t byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xFF && byte != 0xAD);
}

}  // namespace

const std::array<std::string, 256>& byte_alphabet() {
  static const auto table = [] {
    std::array<std::string, 256> alphabet;
    char32_t next = 0x100;
    for (char32_t byte = 0; byte < 256; ++byte)
      append_utf8(alphabet[byte], stands_for_itself(byte) ? byte : next++);
    return alphabet;
  }();
  return table;
}

std::optional<std::string> bytes_of_spelling(std::string_view spelt) {
  static const auto others = [] {  // the bytes of U+0100, U+0101, ...
    std::string bytes;
    for (char32_t byte = 0; byte < 256; ++byte)
      if (!stands_for_itself(byte)) bytes += static_cast<char>(byte);
    return bytes;
  }();
  std::string bytes;
  for (std::size_t at = 0; at < spelt.size();) {
    const CodePoint point = code_point_at(spelt, at);
    at += point.size;
    if (point.valid && stands_for_itself(point.value)) {
      bytes += static_cast<char>(point.value);
    } else if (point.value >= 0x100 && point.value - 0x100 < others.size()) {
      bytes += others[point.value - 0x100];
    } else {
      return std::nullopt;
    }
  }
  return bytes;
}

}  // namespace lidit
