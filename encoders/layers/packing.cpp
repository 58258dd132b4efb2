#include "encoders/layers/packing.h"

#include <ATen/ATen.h>

namespace lidit {

Packing::Packing(const Tensor& mask) {
  TORCH_CHECK(mask.dim() == 2 && mask.scalar_type() == at::kBool,
              "the mask of a padded batch must be (B,T) bool, got ", mask.sizes(), " ",
              mask.scalar_type());
  batch_ = mask.size(0);
  length_ = mask.size(1);
  place_ = mask.flatten().nonzero().squeeze(1);
  const std::int64_t rows = place_.size(0);
  row_ = at::full({batch_ * length_}, rows, place_.options());
  row_.index_copy_(0, place_, at::arange(rows, place_.options()));
  prompt_ = place_.div(length_, "floor");
}

Tensor Packing::pack(const Tensor& padded) const {
  return padded.flatten(0, 1).index_select(0, place_);
}

Tensor Packing::pad(const Tensor& rows) const {
  std::vector<std::int64_t> one_row = rows.sizes().vec(), padded = one_row;
  one_row[0] = 1;
  padded[0] = length_;
  padded.insert(padded.begin(), batch_);
  return at::cat({rows, rows.new_zeros(one_row)}).index_select(0, row_).view(padded);
}

Tensor Packing::spread(const Tensor& vectors) const {
  const Tensor rows = vectors.squeeze(1);
  return rows.size(0) == 1 && batch_ > 1 ? rows : rows.index_select(0, prompt_);
}

}  // namespace lidit
