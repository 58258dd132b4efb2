// Packed features with random states, as an encoder would hand them over.
#pragma once
#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "encoders/features.h"
#include "encoders/layers/init.h"

namespace lidit {

struct RandomFeatures {
  std::string stream = "features";
  std::int64_t width = 12;
  std::int64_t layers = 1;
  std::int64_t prefix = 0;
  std::vector<std::int64_t> lengths = {5, 3};
  std::vector<std::int64_t> caption_begin = {0, 0};
  at::ScalarType dtype = at::kFloat;

  EncoderFeatures make() const {
    const Tensor sizes = at::tensor(lengths, at::kLong);
    const Tensor offsets = at::cat({at::zeros({1}, at::kLong), sizes.cumsum(0)});
    const std::int64_t rows = offsets[-1].item<std::int64_t>();
    const Tensor states = at::empty({layers, rows, width});
    const Tensor constant = at::empty({layers, prefix, width});
    fill_normal(states, 30, 5, stream);  // raw states are far from unit scale
    fill_normal(constant, 30, 5, stream + ".prefix");
    return {states.to(dtype), offsets, constant.to(dtype), at::tensor(caption_begin, at::kLong),
            at::zeros({rows, 2}, at::kLong)};
  }
};

}  // namespace lidit
