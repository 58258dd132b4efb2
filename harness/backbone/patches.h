// Images as sequences of patches, row by row.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace lidit {

using at::Tensor;

/// (B,C,H,W) -> (B,N,p*p*C) with N = H/p * W/p: the values of a patch lie row, column, channel.
/// The image's sides must be multiples of `patch`.
Tensor patchify(const Tensor& images, std::int64_t patch);

/// The inverse: (B,N,p*p*C) -> (B,C,rows*p,columns*p), N = rows * columns.
Tensor unpatchify(const Tensor& patches, std::int64_t patch, std::int64_t rows,
                  std::int64_t columns);

}  // namespace lidit
