#include "encoders/refiners/token_modulation.h"

namespace lidit {

std::vector<SublayerModulation> token_modulation(Modulation& modulation, const Tensor& c,
                                                 const Packing& packing) {
  constexpr std::size_t kSublayers = 2;
  if (modulation.is_empty()) return std::vector<SublayerModulation>(kSublayers);
  std::vector<SublayerModulation> sublayers = modulation(c);
  for (auto& [shift, scale, gate] : sublayers)
    for (Tensor* vectors : {&shift, &scale, &gate})
      if (vectors->defined()) *vectors = packing.spread(*vectors);
  return sublayers;
}

}  // namespace lidit
