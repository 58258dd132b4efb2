// What a reader makes of a file's bytes.
#pragma once
#include <vector>

#include "encoders/weights/weight_file.h"

namespace lidit {

struct WeightContents {
  Fields metadata;
  std::vector<TensorView> tensors;  // views into the bytes that were read
};

}  // namespace lidit
