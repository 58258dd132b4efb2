#include "encoders/refiners/collaborative_refiner.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <string>
#include <vector>

#include "reference_refiners.h"

namespace lidit {
namespace {

Matrix concat(const Matrix& a, const Matrix& b) {
  Matrix both = a;
  both.insert(both.end(), b.begin(), b.end());
  return both;
}

std::vector<Matrix> reference_collaboration(const Reference& reference, std::vector<Matrix> x,
                                            const std::vector<Vector>& c, std::size_t depth,
                                            bool modulated_by_c) {
  for (std::size_t block = 0; block < depth; ++block) {
    const std::vector<Matrix> before = x;
    for (std::size_t m = 0; m < x.size(); ++m) {
      const std::string name = "blocks." + std::to_string(block) + "." + std::to_string(m);
      Vector v = {};
      if (modulated_by_c) {
        v = reference.condition(name + ".modulation.linear", c[m]);
      } else {
        v.assign(6 * kWidth, 0);
        for (const std::size_t gate : {2, 5})
          std::fill_n(v.begin() + static_cast<long>(gate * kWidth), kWidth, 1);
      }
      Matrix others, keys, queries;
      for (std::size_t n = 0; n < x.size(); ++n)
        if (n != m) others = concat(others, before[n]);
      for (const Vector& row : others)
        keys.push_back(reference.layer_norm(name + ".others_norm", row));
      for (const Vector& row : before[m])
        queries.push_back(modulated(reference.layer_norm(name + ".attention_norm", row),
                                    slice(v, 0), slice(v, 1)));
      const Matrix read = reference.attention(name + ".attention", queries, keys,
                                              [](std::size_t, std::size_t) { return true; });
      for (std::size_t i = 0; i < x[m].size(); ++i) {
        add_gated(x[m][i], slice(v, 2), read[i]);
        const Vector inner = modulated(reference.layer_norm(name + ".feed_forward_norm", x[m][i]),
                                       slice(v, 3), slice(v, 4));
        add_gated(x[m][i], slice(v, 5), reference.feed_forward(name + ".feed_forward", inner));
      }
    }
  }
  return x;
}

void expect_collaboration_equals_loops(std::int64_t encoders, bool modulated_by_c) {
  CollaborativeRefiner refiner =
      random(CollaborativeRefiner(CollaborativeRefinerOptions{.width = kWidth,
                                                              .heads = kHeads,
                                                              .encoders = encoders,
                                                              .depth = 2,
                                                              .modulated = modulated_by_c}));
  const std::vector<std::vector<std::int64_t>> lengths = {{4, 2}, {3, 5}, {1, 2}};
  std::vector<RefinerBranch> branches;
  for (std::int64_t m = 0; m < encoders; ++m) {
    const std::int64_t longest = std::max(lengths[m][0], lengths[m][1]);
    branches.push_back({normal({2, longest, kWidth}, "x" + std::to_string(m)),
                        lengths_mask(lengths[m], longest),
                        normal({2, kWidth}, "c" + std::to_string(m))});
  }
  const auto refined = refiner(branches);
  for (std::int64_t b = 0; b < 2; ++b) {
    std::vector<Matrix> x;
    std::vector<Vector> c;
    for (std::int64_t m = 0; m < encoders; ++m) {
      x.push_back(matrix_of(branches[m].tokens[b].narrow(0, 0, lengths[m][b])));
      c.push_back(vector_of(branches[m].c[b]));
    }
    const auto expected = reference_collaboration(Reference{*refiner}, x, c, 2, modulated_by_c);
    for (std::int64_t m = 0; m < encoders; ++m)
      expect_rows_equal(refined[m].tokens[b], expected[m]);
  }
}

TEST(CollaborativeRefiner, EqualsThePaperWrittenInLoopsForTwoAndThreeEncoders) {
  for (const std::int64_t encoders : {2, 3}) expect_collaboration_equals_loops(encoders, true);
}

TEST(CollaborativeRefiner, WithoutModulationIsMadeOfPlainResiduals) {
  expect_collaboration_equals_loops(2, false);
}

TEST(CollaborativeRefiner, StartsAsTheIdentityBitForBit) {
  CollaborativeRefiner refiner(CollaborativeRefinerOptions{.width = kWidth, .heads = kHeads});
  initialize(*refiner, 3, "refiner");
  std::vector<RefinerBranch> branches;
  for (const std::string name : {"a", "b"})
    branches.push_back({normal({2, 5, kWidth}, name, at::kFloat), lengths_mask({5, 3}, 5),
                        normal({2, kWidth}, name + "c", at::kFloat)});
  const auto refined = refiner(branches);
  for (int m = 0; m < 2; ++m)
    EXPECT_TRUE(at::equal(refined[m].tokens, branches[m].tokens * branches[m].mask.unsqueeze(2)));
}

TEST(CollaborativeRefiner, NeedsTwoEncoders) {
  EXPECT_THROW(CollaborativeRefiner(
                   CollaborativeRefinerOptions{.width = kWidth, .heads = kHeads, .encoders = 1}),
               c10::Error);
}

}  // namespace
}  // namespace lidit
