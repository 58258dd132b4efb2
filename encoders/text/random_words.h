// Words that have nothing to do with pictures, as many tokens of them as are wanted.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

namespace lidit {

/// Words joined by spaces and ended by a colon, for which `measure` is exactly `tokens`: the same
/// text whenever the same is measured. None of them is a color, a shape, a size, a texture, a
/// number or a place. Throws SpecError when no draw of words comes out at `tokens`.
std::string random_words(std::int64_t tokens,
                         const std::function<std::int64_t(const std::string& text)>& measure);

}  // namespace lidit
