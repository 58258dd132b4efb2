// The refiners' equations once more, in vectors and loops over doubles, and what their tests share.
#pragma once
#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <cmath>
#include <complex>
#include <functional>
#include <string>
#include <vector>

#include "encoders/layers/attention.h"
#include "encoders/layers/init.h"

namespace lidit {

constexpr std::int64_t kWidth = 8, kHeads = 2;

inline Tensor normal(at::IntArrayRef shape, const std::string& stream,
                     at::ScalarType dtype = at::kDouble) {
  const Tensor x = at::empty(shape, dtype);
  fill_normal(x, 1, 21, stream);
  return x;
}

// Every parameter drawn at random, so that no gate is closed and no bias hides behind a zero.
template <class Module>
Module random(Module module) {
  const torch::NoGradGuard no_grad;
  module->to(at::kDouble);
  for (auto& item : module->named_parameters())
    fill_normal(item.value(), 0.5, 21, "random." + item.key());
  return module;
}

inline Tensor lengths_mask(const std::vector<std::int64_t>& lengths, std::int64_t size) {
  return at::arange(size).unsqueeze(0) < at::tensor(lengths).unsqueeze(1);
}

// An independent reference: one sample at a time, vectors and loops, no masks (padding is cut off).
using Vector = std::vector<double>;
using Matrix = std::vector<Vector>;  // rows

inline Matrix matrix_of(const Tensor& x) {  // (T,D)
  Matrix rows;
  for (std::int64_t i = 0; i < x.size(0); ++i) {
    const Tensor row = x[i].contiguous();
    rows.emplace_back(row.data_ptr<double>(), row.data_ptr<double>() + row.numel());
  }
  return rows;
}
inline Vector vector_of(const Tensor& x) { return matrix_of(x.unsqueeze(0))[0]; }

struct Reference {
  const torch::nn::Module& module;

  Tensor parameter(const std::string& name) const {
    return module.named_parameters()[name].detach();
  }
  Vector linear(const std::string& name, const Vector& x) const {
    const Matrix weight = matrix_of(parameter(name + ".weight"));
    Vector y = vector_of(parameter(name + ".bias"));
    for (std::size_t o = 0; o < y.size(); ++o)
      for (std::size_t i = 0; i < x.size(); ++i) y[o] += weight[o][i] * x[i];
    return y;
  }
  Vector layer_norm(const std::string& name, const Vector& x) const {
    const Vector weight = vector_of(parameter(name + ".weight"));
    Vector y = vector_of(parameter(name + ".bias"));
    double mean = 0, variance = 0;
    for (const double v : x) mean += v / static_cast<double>(x.size());
    for (const double v : x) variance += (v - mean) * (v - mean) / static_cast<double>(x.size());
    for (std::size_t i = 0; i < x.size(); ++i)
      y[i] += weight[i] * (x[i] - mean) / std::sqrt(variance + 1e-6);
    return y;
  }
  Vector rms_norm_head(const std::string& name, const Vector& x, std::size_t head) const {
    const Vector weight = vector_of(parameter(name + ".weight"));
    Vector y(weight.size());
    double square = 0;
    for (std::size_t d = 0; d < y.size(); ++d) square += std::pow(x[head * y.size() + d], 2);
    for (std::size_t d = 0; d < y.size(); ++d)
      y[d] = weight[d] * x[head * y.size() + d] /
             std::sqrt(square / static_cast<double>(y.size()) + 1e-6);
    return y;
  }
  // The two halves of a head as real and imaginary parts, turned by the angles of a position.
  static Vector rotated(const Vector& x, std::size_t position) {
    Vector y = x;
    const std::size_t half = x.size() / 2;
    for (std::size_t i = 0; i < half; ++i) {
      const double exponent = 2.0 * static_cast<double>(i) / static_cast<double>(x.size());
      const std::complex<double> turned =
          std::complex<double>(x[i], x[half + i]) *
          std::polar(1.0, static_cast<double>(position) * std::pow(10000.0, -exponent));
      y[i] = turned.real();
      y[half + i] = turned.imag();
    }
    return y;
  }
  Vector feed_forward(const std::string& name, const Vector& x) const {
    Vector inner = linear(name + ".fc1", x);
    for (double& v : inner)
      v *= 0.5 * (1 + std::tanh(std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v)));
    return linear(name + ".fc2", inner);
  }
  // Query row i sees row j of the context where visible(i, j).
  Matrix attention(const std::string& name, const Matrix& queries, const Matrix& context,
                   const std::function<bool(std::size_t, std::size_t)>& visible,
                   bool rotary = false) const {
    Matrix out;
    for (std::size_t i = 0; i < queries.size(); ++i) {
      Vector joined(kWidth, 0);
      for (std::size_t h = 0; h < kHeads; ++h) {
        const std::size_t d_head = kWidth / kHeads;
        Vector q = rms_norm_head(name + ".q_norm", linear(name + ".q_proj", queries[i]), h);
        if (rotary) q = rotated(q, i);
        double total = 0;
        Vector weights(context.size());
        for (std::size_t j = 0; j < context.size(); ++j) {
          if (!visible(i, j)) continue;
          Vector k = rms_norm_head(name + ".k_norm", linear(name + ".k_proj", context[j]), h);
          if (rotary) k = rotated(k, j);
          double score = 0;
          for (std::size_t d = 0; d < d_head; ++d) score += q[d] * k[d];
          total += weights[j] = std::exp(score / std::sqrt(static_cast<double>(d_head)));
        }
        for (std::size_t j = 0; j < context.size(); ++j) {
          const Vector v = linear(name + ".v_proj", context[j]);
          for (std::size_t d = 0; d < d_head; ++d)
            joined[h * d_head + d] += weights[j] / total * v[h * d_head + d];
        }
      }
      out.push_back(linear(name + ".o_proj", joined));
    }
    return out;
  }
  Vector condition(const std::string& name, Vector c) const {
    for (double& v : c) v /= 1 + std::exp(-v);
    return linear(name, c);
  }
};

inline Vector slice(const Vector& x, std::size_t part) {
  return {x.begin() + part * kWidth, x.begin() + (part + 1) * kWidth};
}
inline void add_gated(Vector& x, const Vector& gate, const Vector& y) {
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += gate[i] * y[i];
}
inline Vector modulated(Vector x, const Vector& shift, const Vector& scale) {
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = x[i] * (1 + scale[i]) + shift[i];
  return x;
}
inline void expect_rows_equal(const Tensor& actual, const Matrix& expected,
                              double tolerance = 1e-9) {
  for (std::size_t i = 0; i < expected.size(); ++i)
    for (std::size_t d = 0; d < expected[i].size(); ++d)
      EXPECT_NEAR(actual[i][d].item<double>(), expected[i][d], tolerance)
          << "row " << i << " " << d;
}

}  // namespace lidit
