// The backbone's forward pass once more, in plain loops over doubles, reading the weights by name:
// written from the equations, sharing no code with the module.
#pragma once
#include <ATen/ATen.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/backbone/lidit.h"

namespace lidit::reference {

using Row = std::vector<double>;
using Matrix = std::vector<Row>;  // rows of equal length

class ReferenceLiDiT {
 public:
  explicit ReferenceLiDiT(LiDiT& model) : options_(model->options) {
    for (const auto& item : model->named_parameters())
      weights_[item.key()] = item.value().detach().to(at::kDouble).contiguous();
  }

  /// One example: image (C,H,W), time (D), pooled (D), text (T,D) of real tokens only.
  std::vector<double> forward(const at::Tensor& image, double t, const at::Tensor& pooled,
                              const std::vector<Matrix>& text_of_block) const {
    const std::size_t side = static_cast<std::size_t>(options_.image_size / options_.patch);
    Row y = time_embedding(t);
    if (options_.pooled_text)
      for (std::size_t i = 0; i < y.size(); ++i) y[i] += pooled[long(i)].item<double>();
    Matrix x = linear("patch_embedding", patches(image));
    x = position_block(x, side);
    if (weights_.contains("positions")) {
      const Matrix table = matrix("positions");
      for (std::size_t n = 0; n < x.size(); ++n)
        for (std::size_t i = 0; i < y.size(); ++i) x[n][i] += table[n][i];
    }
    Matrix stream = text_of_block[0];
    for (std::size_t b = 0; b < static_cast<std::size_t>(options_.depth); ++b) {
      const std::string name = "blocks." + std::to_string(b) + ".";
      if (options_.injection == TextInjection::cross_attention)
        x = block(name, x, y, text_of_block[b]);
      else if (options_.injection == TextInjection::in_context)
        x = in_context_block(name, x, y, text_of_block[b]);
      else
        dual_stream_block(name, x, stream, y, b + 1 == std::size_t(options_.depth));
    }
    const Row m = linear("final_layer.modulation", {silu(y)})[0];
    x = linear("final_layer.proj", modulate(layer_norm(x), m, 0, 1));
    return unpatch(x, side);
  }

 private:
  const at::Tensor& weight(const std::string& name) const { return weights_.at(name); }
  Row vector(const std::string& name) const {
    const at::Tensor& w = weight(name);
    return Row(w.data_ptr<double>(), w.data_ptr<double>() + w.numel());
  }
  Matrix matrix(const std::string& name) const {
    const Row values = vector(name);
    const auto columns = weight(name).size(1);
    Matrix rows;
    for (auto begin = values.begin(); begin != values.end(); begin += columns)
      rows.emplace_back(begin, begin + columns);
    return rows;
  }
  Matrix linear(const std::string& name, const Matrix& x) const {
    const Matrix w = matrix(name + ".weight");
    const Row b = vector(name + ".bias");
    Matrix out;
    for (const Row& row : x) {
      out.push_back(b);
      for (std::size_t o = 0; o < w.size(); ++o)
        for (std::size_t i = 0; i < row.size(); ++i) out.back()[o] += w[o][i] * row[i];
    }
    return out;
  }
  static Row silu(Row x) {
    for (double& v : x) v /= 1 + std::exp(-v);
    return x;
  }
  static Matrix layer_norm(Matrix x) {
    for (Row& row : x) {
      double mean = 0, variance = 0;
      for (const double v : row) mean += v / double(row.size());
      for (const double v : row) variance += (v - mean) * (v - mean) / double(row.size());
      for (double& v : row) v = (v - mean) / std::sqrt(variance + 1e-6);
    }
    return x;
  }
  /// Vectors number `shift` and `scale` of m.
  static Matrix modulate(Matrix x, const Row& m, std::size_t shift, std::size_t scale) {
    for (Row& row : x)
      for (std::size_t i = 0; i < row.size(); ++i)
        row[i] = row[i] * (1 + m[scale * row.size() + i]) + m[shift * row.size() + i];
    return x;
  }
  static void add_gated(Matrix& x, const Matrix& change, const Row& m, std::size_t gate) {
    for (std::size_t n = 0; n < x.size(); ++n)
      for (std::size_t i = 0; i < x[n].size(); ++i)
        x[n][i] += m[gate * x[n].size() + i] * change[n][i];
  }
  Row time_embedding(double t) const {
    Row features(256);
    for (std::size_t i = 0; i < 128; ++i) {
      const double angle = 1000 * t * std::exp(-std::log(10000.0) * double(i) / 128);
      features[i] = std::cos(angle);
      features[128 + i] = std::sin(angle);
    }
    return linear("time_embedding.fc2", {silu(linear("time_embedding.fc1", {features})[0])})[0];
  }
  Matrix patches(const at::Tensor& image) const {
    const auto p = options_.patch, side = options_.image_size / p;
    Matrix all;
    for (long r = 0; r < side; ++r)
      for (long c = 0; c < side; ++c) {
        all.emplace_back();
        for (long i = 0; i < p; ++i)
          for (long j = 0; j < p; ++j)
            for (long k = 0; k < options_.channels; ++k)
              all.back().push_back(image[k][r * p + i][c * p + j].item<double>());
      }
    return all;
  }
  std::vector<double> unpatch(const Matrix& x, std::size_t side) const {
    const auto p = static_cast<std::size_t>(options_.patch);
    const auto channels = static_cast<std::size_t>(options_.channels), size = side * p;
    std::vector<double> image(channels * size * size);
    for (std::size_t k = 0; k < channels; ++k)
      for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < size; ++j)
          image[(k * size + i) * size + j] =
              x[i / p * side + j / p][((i % p) * p + j % p) * channels + k];
    return image;
  }
  Matrix group_norm_silu(const std::string& name, Matrix x) const {
    const Row scale = vector(name + ".weight"), shift = vector(name + ".bias");
    const std::size_t groups = static_cast<std::size_t>(position_groups(options_.width));
    const std::size_t size = scale.size() / groups;
    const double count = double(size * x.size());
    for (std::size_t g = 0; g < groups; ++g) {
      double mean = 0, variance = 0;
      for (const Row& row : x)
        for (std::size_t i = g * size; i < (g + 1) * size; ++i) mean += row[i] / count;
      for (const Row& row : x)
        for (std::size_t i = g * size; i < (g + 1) * size; ++i)
          variance += (row[i] - mean) * (row[i] - mean) / count;
      for (Row& row : x)
        for (std::size_t i = g * size; i < (g + 1) * size; ++i)
          row[i] = (row[i] - mean) / std::sqrt(variance + 1e-6) * scale[i] + shift[i];
    }
    for (Row& row : x) row = silu(row);
    return x;
  }
  Matrix convolution(const std::string& name, const Matrix& x, std::size_t side) const {
    const Row kernel = vector(name + ".weight"), bias = vector(name + ".bias");  // (O,I,3,3)
    const std::size_t width = bias.size();
    const long n = long(side);
    Matrix out(x.size(), bias);
    for (long r = 0; r < n; ++r)
      for (long c = 0; c < n; ++c)
        for (long dr = -1; dr <= 1; ++dr)
          for (long dc = -1; dc <= 1; ++dc) {
            if (r + dr < 0 || r + dr >= n || c + dc < 0 || c + dc >= n) continue;
            const Row& from = x[std::size_t((r + dr) * n + c + dc)];
            for (std::size_t o = 0; o < width; ++o)
              for (std::size_t i = 0; i < width; ++i)
                out[std::size_t(r * n + c)][o] +=
                    kernel[(o * width + i) * 9 + std::size_t((dr + 1) * 3 + dc + 1)] * from[i];
          }
    return out;
  }
  Matrix position_block(const Matrix& x, std::size_t side) const {
    const Matrix inner =
        convolution("position_block.conv1", group_norm_silu("position_block.norm1", x), side);
    const Matrix change =
        convolution("position_block.conv2", group_norm_silu("position_block.norm2", inner), side);
    Matrix out = x;
    for (std::size_t n = 0; n < x.size(); ++n)
      for (std::size_t i = 0; i < x[n].size(); ++i) out[n][i] += change[n][i];
    return out;
  }
  static Row head(const Row& row, std::size_t h, std::size_t size, const Row& weight) {
    Row part(row.begin() + long(h * size), row.begin() + long((h + 1) * size));
    double squares = 0;
    for (const double v : part) squares += v * v / double(size);
    for (std::size_t i = 0; i < size; ++i) part[i] *= weight[i] / std::sqrt(squares + 1e-6);
    return part;
  }
  Matrix attention(const std::string& name, const Matrix& x, const Matrix& context) const {
    return attention(name, x, {{name, context}});
  }
  /// Several contexts, each with its own maps to keys and values, in one softmax.
  Matrix attention(const std::string& name, const Matrix& x,
                   const std::vector<std::pair<std::string, Matrix>>& contexts) const {
    const Matrix q = linear(name + "q_proj", x);
    const Row q_norm = vector(name + "q_norm.weight");
    const std::size_t size = q_norm.size(), heads = x[0].size() / size;
    Matrix out(x.size(), Row(x[0].size(), 0.0));
    for (std::size_t h = 0; h < heads; ++h) {
      Matrix keys, values;
      for (const auto& [owner, context] : contexts) {
        const Row k_norm = vector(owner + "k_norm.weight");
        for (const Row& row : linear(owner + "k_proj", context))
          keys.push_back(head(row, h, size, k_norm));
        for (const Row& row : linear(owner + "v_proj", context)) values.push_back(row);
      }
      for (std::size_t n = 0; n < x.size(); ++n) {
        const Row query = head(q[n], h, size, q_norm);
        Row weights;
        double sum = 0;
        for (const Row& key : keys) {
          double score = 0;
          for (std::size_t i = 0; i < size; ++i) score += query[i] * key[i];
          weights.push_back(std::exp(score / std::sqrt(double(size))));
          sum += weights.back();
        }
        for (std::size_t s = 0; s < values.size(); ++s)
          for (std::size_t i = 0; i < size; ++i)
            out[n][h * size + i] += weights[s] / sum * values[s][h * size + i];
      }
    }
    return linear(name + "o_proj", out);
  }
  Matrix feed_forward(const std::string& name, const Matrix& x) const {
    Matrix inner = linear(name + "fc1", x);
    for (Row& row : inner)
      for (double& v : row)
        v = 0.5 * v * (1 + std::tanh(std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v)));
    return linear(name + "fc2", inner);
  }
  Matrix block(const std::string& name, Matrix x, const Row& y, const Matrix& text) const {
    const Row m = linear(name + "modulation.linear", {silu(y)})[0];  // nine vectors
    const Matrix own = modulate(layer_norm(x), m, 0, 1);
    add_gated(x, attention(name + "self_attention.", own, own), m, 2);
    add_gated(x, attention(name + "cross_attention.", modulate(layer_norm(x), m, 3, 4), text), m,
              5);
    add_gated(x, feed_forward(name + "feed_forward.", modulate(layer_norm(x), m, 6, 7)), m, 8);
    return x;
  }
  Matrix in_context_block(const std::string& name, Matrix x, const Row& y,
                          const Matrix& text) const {
    const Row m = linear(name + "modulation.linear", {silu(y)})[0];  // six vectors
    const Matrix own = modulate(layer_norm(x), m, 0, 1);
    const std::string self = name + "self_attention.";
    add_gated(x, attention(self, own, {{self, own}, {self, layer_norm(text)}}), m, 2);
    add_gated(x, feed_forward(name + "feed_forward.", modulate(layer_norm(x), m, 3, 4)), m, 5);
    return x;
  }
  void dual_stream_block(const std::string& name, Matrix& x, Matrix& text, const Row& y,
                         bool last) const {
    const Row m = linear(name + "image.modulation.linear", {silu(y)})[0];  // six vectors
    const Row n = linear(name + "text.modulation.linear", {silu(y)})[0];   // six, two at last
    const std::string image = name + "image.attention.", words = name + "text.attention.";
    const Matrix own = modulate(layer_norm(x), m, 0, 1),
                 other = modulate(layer_norm(text), n, 0, 1);
    const std::vector<std::pair<std::string, Matrix>> both = {{image, own}, {words, other}};
    add_gated(x, attention(image, own, both), m, 2);
    add_gated(x, feed_forward(name + "image.feed_forward.", modulate(layer_norm(x), m, 3, 4)), m,
              5);
    if (last) return;
    add_gated(text, attention(words, other, both), n, 2);
    add_gated(text, feed_forward(name + "text.feed_forward.", modulate(layer_norm(text), n, 3, 4)),
              n, 5);
  }

  LiDiTOptions options_;
  std::map<std::string, at::Tensor> weights_;
};

}  // namespace lidit::reference
