// What the machine itself can do, measured in turns with the cells: matrix products and copies.
#pragma once
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <vector>

#include "harness/bench/bench_cell.h"

namespace lidit {

/// A pass and what it does: FLOPs of a product, bytes of a copy.
struct Probe {
  BenchPass pass;
  double amount;
};

/// All `products`, as often as their counts say, with weights laid out as they run fastest here.
Probe product_probe(const std::vector<MatrixProduct>& products, at::ScalarType dtype,
                    c10::Device device);
/// One product so large that its shape does not matter.
Probe large_product_probe(at::ScalarType dtype, c10::Device device);
/// A copy of 256 MiB: bytes read and written.
Probe copy_probe(c10::Device device);

}  // namespace lidit
