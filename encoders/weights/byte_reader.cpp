#include "encoders/weights/byte_reader.h"

#include <fmt/format.h>

#include "results/errors.h"

namespace lidit {

void ByteReader::fail_truncated(std::string_view what) const {
  throw FileError(fmt::format("{}: ends in the middle of {} (at byte {} of {}).", where_, what,
                              position_, bytes_.size()));
}

}  // namespace lidit
