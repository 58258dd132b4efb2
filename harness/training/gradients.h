// Gradients of a list of parameters: clipping and clearing.
#pragma once
#include <ATen/core/Tensor.h>

#include <vector>

namespace lidit {

using at::Tensor;

/// Scales all gradients so that their joint norm is at most `max_norm`; gives the norm before that
/// as a scalar tensor, without waiting for the device.
Tensor clip_gradients(const std::vector<Tensor>& parameters, double max_norm);

/// Forgets the gradients, so that the next backward pass need not add to them.
void clear_gradients(const std::vector<Tensor>& parameters);

}  // namespace lidit
