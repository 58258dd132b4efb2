// Many texts' ids as one number, counted as the scripts of tests/golden/tokenizers/ count.
#pragma once
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "encoders/text/tokenizer.h"

namespace lidit::testing_support {

/// FNV-1a of "id,id,...;" over all texts, in hexadecimal, and the number of ids.
inline nlohmann::json hash_of_ids(const Tokenizer& tokenizer, const std::vector<std::string>& texts,
                                  bool special) {
  std::uint64_t hash = 0xCBF29CE484222325;
  std::size_t count = 0;
  for (const std::string& text : texts) {
    std::vector<std::int32_t> ids;
    for (const Token& token : tokenizer.encode(text, special)) ids.push_back(token.id);
    count += ids.size();
    for (const char byte : fmt::format("{};", fmt::join(ids, ",")))
      hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3;
  }
  return {fmt::format("{:016x}", hash), count};
}

}  // namespace lidit::testing_support
