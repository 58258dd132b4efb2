#include "harness/training/muon.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace lidit {
namespace {

constexpr double kMomentum = 0.95;

}  // namespace

Tensor orthogonalize(const Tensor& matrices) {
  TORCH_CHECK(matrices.dim() == 3, "orthogonalize needs (N,R,C), got ", matrices.sizes());
  if (matrices.size(1) > matrices.size(2)) return orthogonalize(matrices.mT()).mT();
  // The odd polynomial a x + b x^3 + c x^5 with the steepest slope at 0 that keeps [0, 1] near 1.
  constexpr double a = 3.4445, b = -4.7750, c = 2.0315;
  Tensor x = matrices / (at::linalg_vector_norm(matrices, 2, {1, 2}, /*keepdim=*/true) + 1e-7);
  for (int i = 0; i < 5; ++i) {
    const Tensor gram = at::bmm(x, x.mT());                         // (N,R,R)
    const Tensor polynomial = at::baddbmm(gram, gram, gram, b, c);  // b A + c A A
    x = at::baddbmm(x, polynomial, x, /*beta=*/a);                  // a X + (b A + c A A) X
  }
  return x;
}

Muon::Muon(const NamedTensors& matrices) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<Tensor>> by_shape;
  for (const auto& [name, matrix] : matrices) {
    TORCH_CHECK(matrix.dim() == 2 && matrix.requires_grad(), "Muon: ", name,
                " is no trained matrix: ", matrix.sizes());
    by_shape[{matrix.size(0), matrix.size(1)}].push_back(matrix);
  }
  for (auto& [shape, group] : by_shape) {
    const auto n = static_cast<std::int64_t>(group.size());
    const Tensor momentum = at::zeros({n, shape.first, shape.second}, group[0].options());
    groups_.push_back({std::move(group), momentum});
  }
}

void Muon::step(double learning_rate) {
  const c10::NoGradGuard no_grad;
  for (Group& group : groups_) {
    std::vector<Tensor> gradients;
    for (const Tensor& matrix : group.matrices) gradients.push_back(matrix.grad());
    const Tensor gradient = at::stack(gradients);  // (N,rows,columns)
    group.momentum.lerp_(gradient, 1 - kMomentum);
    const Tensor update = orthogonalize(gradient.lerp(group.momentum, kMomentum));  // Nesterov
    const double ratio =
        static_cast<double>(gradient.size(1)) / static_cast<double>(gradient.size(2));
    at::_foreach_add_(group.matrices, update.unbind(0),
                      -learning_rate * std::sqrt(std::max(1.0, ratio)));
  }
}

NamedTensors Muon::state() const {
  NamedTensors all;
  for (const Group& group : groups_)
    all.push_back({"muon.momentum." + std::to_string(group.momentum.size(1)) + "x" +
                       std::to_string(group.momentum.size(2)),
                   group.momentum});
  return all;
}

}  // namespace lidit
