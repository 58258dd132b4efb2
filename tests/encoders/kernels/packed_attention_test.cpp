#include "encoders/kernels/packed_attention.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <array>

#include "results/philox.h"

namespace lidit {
namespace {

Tensor normal(at::IntArrayRef shape, std::string_view stream) {
  const Tensor out = at::empty(shape, at::kFloat);
  Philox(1, stream).fill_normal({out.data_ptr<float>(), static_cast<std::size_t>(out.numel())});
  return out;
}

double relative_error(const Tensor& ours, const Tensor& theirs) {
  const Tensor reference = theirs.to(at::kDouble);
  return ((ours.to(at::kDouble) - reference).norm() / reference.norm()).item<double>();
}

struct Case {
  std::int64_t heads, kv_heads, head_width, prefix;
  bool causal;
  at::ScalarType dtype;
  enum Scores { plain, window, soft_cap, bias } scores = plain;
};
const PackedAttentionOptions kCausal{.causal = true};

PackedAttentionOptions options_of(const Case& c) {
  PackedAttentionOptions options{.causal = c.causal};
  if (c.scores == Case::window) options.window = 9;
  if (c.scores == Case::soft_cap) options.soft_cap = 0.7;
  if (c.scores == Case::bias) {
    options.scale = 1;
    options.distance_bias = normal({c.heads, 2 * 150 + 1}, "bias");
  }
  return options;
}

class PackedAttention : public testing::TestWithParam<Case> {
 protected:
  /// Lengths on both sides of the kernel's blocks, an empty segment, rows that no segment owns.
  const Tensor offsets = at::tensor({0, 1, 1, 6, 38, 71, 171}, at::kLong);
  const std::int64_t rows = 176;
  const Tensor all =
      normal({rows, GetParam().heads + 2 * GetParam().kv_heads, GetParam().head_width}, "rows")
          .to(GetParam().dtype);
  const Tensor query = all.narrow(1, 0, GetParam().heads);
  const Tensor key = all.narrow(1, GetParam().heads, GetParam().kv_heads);
  const Tensor value = all.narrow(1, GetParam().heads + GetParam().kv_heads, GetParam().kv_heads);
  const KeyValue prefix =
      GetParam().prefix == 0
          ? KeyValue{}
          : KeyValue{normal({GetParam().prefix, GetParam().kv_heads, GetParam().head_width}, "key")
                         .to(GetParam().dtype),
                     normal({GetParam().prefix, GetParam().kv_heads, GetParam().head_width}, "v")
                         .to(GetParam().dtype)};
  const PackedAttentionOptions options = options_of(GetParam());
};

TEST_P(PackedAttention, EqualsTheFormula) {
  const Tensor ours = packed_attention(query, key, value, offsets, prefix, options);
  const Tensor reference = packed_attention_reference(query, key, value, offsets, prefix, options);
  // bf16 weights have 8 bits: the reference rounds only once, at the end.
  EXPECT_LT(relative_error(ours, reference), GetParam().dtype == at::kFloat ? 1e-6 : 4e-3);
  EXPECT_TRUE(ours.slice(0, 171).eq(0).all().item<bool>());
}

TEST_P(PackedAttention, GivesASegmentTheSameBitsWhateverLiesBesideIt) {
  const Tensor packed = packed_attention(query, key, value, offsets, prefix, options);
  for (std::int64_t i = 0; i + 1 < offsets.numel(); ++i) {
    const auto begin = offsets[i].item<std::int64_t>(), end = offsets[i + 1].item<std::int64_t>();
    const Tensor alone = packed_attention(
        query.slice(0, begin, end), key.slice(0, begin, end), value.slice(0, begin, end),
        at::tensor({std::int64_t{0}, end - begin}), prefix, options);
    EXPECT_TRUE(at::equal(alone, packed.slice(0, begin, end))) << "segment " << i;
  }
}

/// Rows of segments that share their beginnings, and which rows each of them sees.
struct Beginnings {
  Tensor offsets = at::tensor({0, 1, 30, 30, 67, 68, 68, 171}, at::kLong);
  Tensor shared = at::tensor({0, 1, 30, 13, 5, 0, 0}, at::kLong);

  std::vector<Tensor> rows_seen() const {
    std::vector<Tensor> seen{at::empty({0}, at::kLong)};
    for (std::int64_t i = 0; i + 1 < offsets.numel(); ++i)
      seen.push_back(at::cat({seen.back().slice(0, 0, shared[i].item<std::int64_t>()),
                              at::arange(offsets[i].item<std::int64_t>(),
                                         offsets[i + 1].item<std::int64_t>(), at::kLong)}));
    seen.erase(seen.begin());
    return seen;
  }
};

TEST_P(PackedAttention, GivesRowsBehindASharedBeginningTheBitsTheyHaveBehindACopyOfIt) {
  const Beginnings beginnings;
  PackedAttentionOptions sharing = options;
  sharing.shared = beginnings.shared;
  if (!GetParam().causal) {
    EXPECT_THROW(packed_attention(query, key, value, beginnings.offsets, prefix, sharing),
                 c10::Error);
    return;
  }
  const int threads = at::get_num_threads();
  for (const int now : {1, 2, 5}) {
    at::set_num_threads(now);
    const Tensor ours = packed_attention(query, key, value, beginnings.offsets, prefix, sharing);
    for (const Tensor& seen : beginnings.rows_seen()) {
      const Tensor q = query.index_select(0, seen), k = key.index_select(0, seen),
                   v = value.index_select(0, seen);
      const Tensor copied =
          packed_attention(q, k, v, at::tensor({std::int64_t{0}, seen.numel()}), prefix, options);
      EXPECT_TRUE(at::equal(ours.index_select(0, seen), copied)) << now << " threads";
    }
  }
  at::set_num_threads(threads);
  const Tensor reference =
      packed_attention_reference(query, key, value, beginnings.offsets, prefix, sharing);
  EXPECT_LT(relative_error(packed_attention(query, key, value, beginnings.offsets, prefix, sharing),
                           reference),
            GetParam().dtype == at::kFloat ? 1e-6 : 4e-3);
}

std::string name_of(const Case& c) {
  constexpr std::array kScores{"", "_window", "_soft_cap", "_bias"};
  return std::to_string(c.heads) + "x" + std::to_string(c.kv_heads) + "x" +
         std::to_string(c.head_width) + "_prefix" + std::to_string(c.prefix) +
         (c.causal ? "_causal" : "_full") + (c.dtype == at::kFloat ? "_f32" : "_bf16") +
         kScores[c.scores];
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, PackedAttention,
    testing::Values(Case{4, 2, 16, 0, true, at::kFloat}, Case{4, 2, 16, 7, true, at::kFloat},
                    Case{9, 3, 64, 26, true, at::kFloat}, Case{4, 4, 8, 0, false, at::kFloat},
                    Case{12, 12, 32, 0, false, at::kFloat}, Case{3, 1, 6, 33, false, at::kFloat},
                    Case{9, 3, 64, 26, true, at::kBFloat16}, Case{9, 3, 64, 0, true, at::kBFloat16},
                    Case{12, 12, 32, 0, false, at::kBFloat16},
                    Case{4, 1, 6, 5, true, at::kBFloat16},
                    Case{4, 2, 16, 5, true, at::kFloat, Case::window},
                    Case{4, 2, 16, 0, true, at::kFloat, Case::soft_cap},
                    Case{4, 4, 8, 0, false, at::kFloat, Case::bias},
                    Case{4, 2, 8, 7, true, at::kFloat, Case::bias},
                    Case{4, 2, 16, 0, true, at::kBFloat16, Case::soft_cap},
                    Case{4, 4, 8, 0, false, at::kBFloat16, Case::bias}),
    [](const auto& test) { return name_of(test.param); });

TEST(PackedAttentionWindow, HidesWhatLiesBeforeItToTheLastBit) {
  const Tensor rows = normal({30, 3, 16}, "rows"), offsets = at::tensor({0, 30}, at::kLong);
  const auto attend = [&](const Tensor& x) {
    return packed_attention(x.narrow(1, 0, 1), x.narrow(1, 1, 1), x.narrow(1, 2, 1), offsets, {},
                            {.causal = true, .window = 4});
  };
  const Tensor changed = rows.clone();
  changed[10].fill_(3);
  const Tensor before = attend(rows), after = attend(changed);
  EXPECT_FALSE(at::equal(before[13], after[13]));  // 10 is the first of its four
  EXPECT_TRUE(at::equal(before.slice(0, 14), after.slice(0, 14)));
}

TEST(PackedAttentionBias, MovesAllWeightToTheDistanceThatItFavours) {
  const Tensor rows = normal({12, 3, 4}, "rows"), offsets = at::tensor({0, 12}, at::kLong);
  Tensor bias = at::zeros({1, 23});
  bias[0][11 + 2] = 100;  // two tokens later
  const Tensor out = packed_attention(rows.narrow(1, 0, 1), rows.narrow(1, 1, 1),
                                      rows.narrow(1, 2, 1), offsets, {}, {.distance_bias = bias});
  EXPECT_TRUE(at::equal(out.slice(0, 0, 10), rows.select(1, 2).slice(0, 2)));
}

TEST(PackedAttentionCausal, ALaterRowChangesNoEarlierOneByABit) {
  const Tensor rows = normal({40, 6, 16}, "rows").to(at::kBFloat16), changed = rows.clone();
  changed[30].fill_(100);
  const Tensor offsets = at::tensor({0, 40}, at::kLong);
  const auto attend = [&](const Tensor& x) {
    return packed_attention(x.narrow(1, 0, 4), x.narrow(1, 4, 1), x.narrow(1, 5, 1), offsets, {},
                            kCausal);
  };
  const Tensor before = attend(rows), after = attend(changed);
  EXPECT_TRUE(at::equal(before.slice(0, 0, 30), after.slice(0, 0, 30)));
  EXPECT_FALSE(at::equal(before.slice(0, 30), after.slice(0, 30)));
}

TEST(PackedAttentionCausal, SurvivesScoresThatOverflowWithoutTheLargestSubtracted) {
  const Tensor rows = normal({20, 3, 16}, "rows") * 1000;
  const Tensor offsets = at::tensor({0, 20}, at::kLong);
  const Tensor out = packed_attention(rows.narrow(1, 0, 1), rows.narrow(1, 1, 1),
                                      rows.narrow(1, 2, 1), offsets, {}, kCausal);
  EXPECT_LT(
      relative_error(out, packed_attention_reference(rows.narrow(1, 0, 1), rows.narrow(1, 1, 1),
                                                     rows.narrow(1, 2, 1), offsets, {}, kCausal)),
      1e-6);
}

TEST(PackedAttentionCausal, DoesNotDependOnTheNumberOfThreads) {
  const Tensor rows = normal({100, 6, 16}, "rows");
  const Tensor offsets = at::tensor({0, 3, 50, 51, 100}, at::kLong);
  const auto attend = [&] {
    return packed_attention(rows.narrow(1, 0, 2), rows.narrow(1, 2, 2), rows.narrow(1, 4, 2),
                            offsets, {}, kCausal);
  };
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Tensor one = attend();
  at::set_num_threads(3);
  const Tensor three = attend();
  at::set_num_threads(threads);
  EXPECT_TRUE(at::equal(one, three));
}

TEST(PackedAttentionChecks, RefuseShapesThatDoNotFit) {
  const Tensor x = at::zeros({4, 2, 8}), offsets = at::tensor({0, 4}, at::kLong);
  EXPECT_THROW(packed_attention(x, x.narrow(0, 0, 3), x, offsets, {}, kCausal), c10::Error);
  EXPECT_THROW(packed_attention(x, x, x, at::tensor({0, 5}, at::kLong), {}, kCausal), c10::Error);
  EXPECT_THROW(packed_attention(x, x, x, at::tensor({0, 3, 2}, at::kLong), {}, kCausal),
               c10::Error);
  EXPECT_THROW(packed_attention(x, x, x, offsets, {}, {.window = 4}), c10::Error);
  for (const auto& shared : {std::vector<std::int64_t>{0, 4}, {1, 0}, {0, -1}, {0}})
    EXPECT_THROW(packed_attention(x, x, x, at::tensor({0, 3, 4}, at::kLong), {},
                                  {.causal = true, .shared = at::tensor(shared, at::kLong)}),
                 c10::Error);
  EXPECT_THROW(packed_attention(x, x, x, offsets, {}, {.distance_bias = at::zeros({2, 5})}),
               c10::Error);
  EXPECT_THROW(
      packed_attention(x.to(at::kHalf), x.to(at::kHalf), x.to(at::kHalf), offsets, {}, kCausal),
      c10::Error);
}

}  // namespace
}  // namespace lidit
