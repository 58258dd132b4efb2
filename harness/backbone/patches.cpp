#include "harness/backbone/patches.h"

#include <ATen/ATen.h>

namespace lidit {

Tensor patchify(const Tensor& images, std::int64_t patch) {
  TORCH_CHECK(images.dim() == 4 && images.size(2) % patch == 0 && images.size(3) % patch == 0,
              "images must be (B,C,H,W) with sides that are multiples of ", patch, ", got ",
              images.sizes());
  const std::int64_t batch = images.size(0), channels = images.size(1);
  const std::int64_t rows = images.size(2) / patch, columns = images.size(3) / patch;
  return images.reshape({batch, channels, rows, patch, columns, patch})
      .permute({0, 2, 4, 3, 5, 1})  // (B,rows,columns,p,p,C)
      .reshape({batch, rows * columns, patch * patch * channels});
}

Tensor unpatchify(const Tensor& patches, std::int64_t patch, std::int64_t rows,
                  std::int64_t columns) {
  const std::int64_t batch = patches.size(0), channels = patches.size(2) / (patch * patch);
  return patches.reshape({batch, rows, columns, patch, patch, channels})
      .permute({0, 5, 1, 3, 2, 4})  // (B,C,rows,p,columns,p)
      .reshape({batch, channels, rows * patch, columns * patch});
}

}  // namespace lidit
