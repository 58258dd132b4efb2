// Muon (Jordan et al. 2024): momentum whose update is orthogonalised by a Newton-Schulz iteration,
// for the hidden matrices of a network. Matrices of one shape are one batch.
#pragma once
#include <vector>

#include "harness/training/named_tensor.h"

namespace lidit {

/// The nearest semi-orthogonal matrices of (N,R,C) by five quintic Newton-Schulz steps: the same
/// singular vectors, singular values near 1 (about .7 to 1.2).
Tensor orthogonalize(const Tensor& matrices);

class Muon {
 public:
  /// Two-dimensional parameters that need gradients.
  explicit Muon(const NamedTensors& matrices);
  /// One update from the gradients. The step of a matrix has spectral norm about
  /// learning_rate * sqrt(max(1, rows / columns)).
  void step(double learning_rate);
  /// Momentum as handles: "muon.momentum.<rows>x<columns>" (N,rows,columns).
  NamedTensors state() const;

 private:
  struct Group {  // all matrices of one shape
    std::vector<Tensor> matrices;
    Tensor momentum;  // (N,rows,columns)
  };
  std::vector<Group> groups_;
};

}  // namespace lidit
