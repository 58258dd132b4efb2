// GPT-2's alphabet: one printable character per byte, in which byte-level vocabularies are spelt.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace lidit {

/// Printable Latin-1 bytes stand for themselves, the others, in order, for the characters from
/// U+0100.
const std::array<std::string, 256>& byte_alphabet();
/// The bytes that `spelt` stands for; nothing when it has a character outside of the alphabet.
std::optional<std::string> bytes_of_spelling(std::string_view spelt);

}  // namespace lidit
