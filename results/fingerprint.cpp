#include "results/fingerprint.h"

#include <fmt/format.h>

#include "results/hash.h"

namespace lidit {

std::string fingerprint(const Identity& identity) {
  return sha256_hex(fmt::format(R"({{"dtype":{},"hashes":{},"numerics":{},"seed":{},"spec":{}}})",
                                to_json(Value(identity.dtype)), to_json(identity.hashes),
                                identity.numerics, identity.seed, to_json(identity.spec)));
}

}  // namespace lidit
