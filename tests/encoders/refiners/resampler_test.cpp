#include "encoders/refiners/resampler.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <string>

#include "encoders/layers/init.h"

namespace lidit {
namespace {

constexpr std::int64_t kWidth = 8, kHeads = 2, kQueries = 3;

Tensor normal(at::IntArrayRef shape, const std::string& stream) {
  const Tensor x = at::empty(shape, at::kDouble);
  fill_normal(x, 1, 23, stream);
  return x;
}

Resampler random_resampler(bool timed, std::int64_t depth = 2) {
  Resampler resampler(ResamplerOptions{
      .width = kWidth, .heads = kHeads, .queries = kQueries, .depth = depth, .timed = timed});
  const torch::NoGradGuard no_grad;
  resampler->to(at::kDouble);
  for (auto& item : resampler->named_parameters())
    fill_normal(item.value(), 0.5, 23, "random." + item.key());
  return resampler;
}

Tensor mask_of(std::int64_t first, std::int64_t second, std::int64_t size) {
  return at::arange(size).unsqueeze(0) < at::tensor({first, second}, at::kLong).unsqueeze(1);
}

// One prompt without padding, in whole matrices: softmax over queries and text together.
Tensor reference(ResamplerImpl& resampler, const Tensor& text, const Tensor& time) {
  const auto parameters = resampler.named_parameters();
  const auto linear = [&](const std::string& name, const Tensor& x) {
    return at::matmul(x, parameters[name + ".weight"].t()) + parameters[name + ".bias"];
  };
  const auto norm = [&](const std::string& name, const Tensor& x) {
    const Tensor centred = x - x.mean(-1, true);
    const Tensor unit = centred / (centred.square().mean(-1, true) + 1e-6).sqrt();
    return unit * parameters[name + ".weight"] + parameters[name + ".bias"];
  };
  const auto head = [&](const std::string& name, const Tensor& x, std::int64_t h) {
    const Tensor part = x.narrow(-1, h * (kWidth / kHeads), kWidth / kHeads);
    return part / (part.square().mean(-1, true) + 1e-6).sqrt() * parameters[name + ".weight"];
  };
  Tensor z = resampler.queries;
  for (std::size_t block = 0; block < resampler.blocks->size(); ++block) {
    const std::string name = "blocks." + std::to_string(block) + ".";
    std::vector<Tensor> m(4, at::zeros({kWidth}, at::kDouble));  // shift, scale, shift, scale
    if (parameters.contains(name + "modulation.linear.weight"))
      m = linear(name + "modulation.linear", time / (1 + (-time).exp())).chunk(4);
    const Tensor own = norm(name + "attention_norm", z) * (1 + m[1]) + m[0];
    const Tensor all = at::cat({own, norm(name + "text_norm", text)});
    std::vector<Tensor> read;
    for (std::int64_t h = 0; h < kHeads; ++h) {
      const Tensor q = head(name + "attention.q_norm", linear(name + "attention.q_proj", own), h);
      const Tensor k = head(name + "attention.k_norm", linear(name + "attention.k_proj", all), h);
      const Tensor v = linear(name + "attention.v_proj", all).narrow(-1, h * 4, 4);
      read.push_back(at::matmul((at::matmul(q, k.t()) / 2).softmax(-1), v));
    }
    z = z + linear(name + "attention.o_proj", at::cat(read, -1));
    const Tensor inner = norm(name + "feed_forward_norm", z) * (1 + m[3]) + m[2];
    z = z + linear(name + "feed_forward.fc2",
                   at::gelu(linear(name + "feed_forward.fc1", inner), "tanh"));
  }
  return z;
}

TEST(Resampler, EqualsItsEquationsInWholeMatrices) {
  for (const bool timed : {false, true}) {
    Resampler resampler = random_resampler(timed);
    const Tensor text = normal({2, 5, kWidth}, "text"), time = normal({2, kWidth}, "time");
    const Tensor z = resampler(text, mask_of(5, 3, 5), time);
    ASSERT_EQ(z.sizes(), at::IntArrayRef({2, kQueries, kWidth}));
    EXPECT_TRUE(at::allclose(z[0], reference(*resampler, text[0], time[0]), 1e-9, 1e-10));
    EXPECT_TRUE(
        at::allclose(z[1], reference(*resampler, text[1].slice(0, 0, 3), time[1]), 1e-9, 1e-10));
  }
}

TEST(Resampler, ReadsTheTimeOnlyWhereItIsTold) {
  const Tensor text = normal({2, 5, kWidth}, "text"), mask = mask_of(5, 3, 5);
  const Tensor early = normal({2, kWidth}, "early"), late = normal({2, kWidth}, "late");
  Resampler plain = random_resampler(false), timed = random_resampler(true);
  EXPECT_TRUE(at::equal(plain(text, mask, early), plain(text, mask, Tensor())));
  EXPECT_FALSE(at::equal(timed(text, mask, early), timed(text, mask, late)));
}

TEST(Resampler, DoesNotSeeWhatStandsOnPadding) {
  Resampler resampler = random_resampler(true);
  const Tensor text = normal({2, 5, kWidth}, "text"), time = normal({2, kWidth}, "time");
  Tensor changed = text.clone();
  changed[1].slice(0, 3).fill_(1e6);
  for (const bool gradient : {false, true}) {
    at::AutoGradMode mode(gradient);
    EXPECT_TRUE(at::equal(resampler(text, mask_of(5, 3, 5), time),
                          resampler(changed, mask_of(5, 3, 5), time)));
  }
}

TEST(Resampler, LeavesAPromptWithoutTokensFinite) {
  Resampler resampler = random_resampler(false);
  const Tensor text = normal({2, 4, kWidth}, "text");
  EXPECT_TRUE(resampler(text, mask_of(0, 4, 4), Tensor()).isfinite().all().item<bool>());
}

TEST(Resampler, SendsGradientsToEveryParameter) {
  Resampler resampler = random_resampler(true);
  const Tensor text = normal({2, 5, kWidth}, "text"), time = normal({2, kWidth}, "time");
  (resampler(text, mask_of(5, 3, 5), time) * normal({2, kQueries, kWidth}, "upstream"))
      .sum()
      .backward();
  for (const auto& item : resampler->named_parameters()) {
    ASSERT_TRUE(item.value().grad().defined()) << item.key();
    EXPECT_GT(item.value().grad().abs().max().item<double>(), 1e-8) << item.key();
  }
}

}  // namespace
}  // namespace lidit
