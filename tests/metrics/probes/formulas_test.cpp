#include "metrics/probes/formulas.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

namespace lidit::probes {
namespace {

using nlohmann::json;

const json& golden() {
  static const json answers = json::parse(std::ifstream(LIDIT_GOLDEN_DIR "/probes/formulas.json"));
  return answers;
}

void flatten(const json& node, std::vector<double>& values) {
  if (!node.is_array()) return values.push_back(node.get<double>());
  for (const json& child : node) flatten(child, values);
}

/// The array of that name, as many dimensions as it has.
Tensor tensor(const char* name) {
  std::vector<std::int64_t> shape;
  for (const json* node = &golden()[name]; node->is_array(); node = &node->front())
    shape.push_back(std::ssize(*node));
  std::vector<double> values;
  flatten(golden()[name], values);
  return at::tensor(values, at::kDouble).view(shape);
}

double number(const char* name) { return golden()[name].get<double>(); }

void expect_near(const Tensor& found, const Tensor& expected) {
  EXPECT_TRUE(at::allclose(found, expected, 1e-10, 1e-12)) << found << expected;
}

TEST(ProbeFormulas, AgreeWithNumpyOnDistances) {
  expect_near(cosine_distance(tensor("before"), tensor("after")), tensor("cosine_distance"));
  expect_near(relative_change(tensor("before"), tensor("after")), tensor("relative_change"));
}

TEST(ProbeFormulas, AgreeWithNumpyOnOrder) {
  const auto shares = two_way_shares(tensor("states"));
  ASSERT_TRUE(shares);
  expect_near(at::tensor({shares->item, shares->slot, shares->residual}, at::kDouble),
              tensor("shares"));
  EXPECT_NEAR(invariance(tensor("states")), number("invariance"), 1e-12);
}

TEST(ProbeFormulas, AgreeWithNumpyOnInfluence) {
  Tensor influence = tensor("influence");
  EXPECT_NEAR(*future_influence_ratio(influence), number("future_influence_ratio"), 1e-12);
  influence[2].fill_(NAN);
  EXPECT_NEAR(*future_influence_ratio(influence), number("future_influence_ratio_without_row_2"),
              1e-12);
}

TEST(ProbeFormulas, AgreeWithScipyOnSlopes) {
  const auto x = golden()["positions"].get<std::vector<double>>();
  const auto y = golden()["values"].get<std::vector<double>>();
  EXPECT_NEAR(*slope(x, y), number("slope"), 1e-12);
}

TEST(ProbeFormulas, AgreeWithThePrimalRidgeRegression) {
  const Tensor classes = tensor("classes").to(at::kLong);
  expect_near(ridge_scores(tensor("train"), classes, 3, tensor("test")), tensor("ridge_scores"));
}

TEST(ProbeFormulas, SayNothingOfNothing) {
  EXPECT_FALSE(future_influence_ratio(at::eye(3, at::kDouble)));
  EXPECT_FALSE(two_way_shares(at::ones({3, 3, 2}, at::kDouble)));
  EXPECT_FALSE(slope(std::vector{1.0, 1.0}, std::vector{1.0, 2.0}));
}

TEST(ProbeFormulas, ACausalInfluenceHasNoFuture) {
  EXPECT_EQ(future_influence_ratio(at::ones({4, 4}, at::kDouble).triu()), 0.0);
  EXPECT_EQ(future_influence_ratio(at::ones({4, 4}, at::kDouble).tril()), 1.0);
  EXPECT_EQ(future_influence_ratio(at::ones({4, 4}, at::kDouble)), 0.5);
}

TEST(ProbeFormulas, StatesThatAreTheirPairOrTheirSlotAlone) {
  const Tensor pairs = at::rand({4, 1, 3}, at::kDouble).expand({4, 4, 3}),
               slots = at::rand({1, 4, 3}, at::kDouble).expand({4, 4, 3});
  EXPECT_NEAR(two_way_shares(pairs)->item, 1, 1e-12);
  EXPECT_NEAR(two_way_shares(slots)->slot, 1, 1e-12);
  EXPECT_NEAR(two_way_shares(pairs + slots)->residual, 0, 1e-12);
  EXPECT_NEAR(invariance(pairs), 1, 1e-12);
}

TEST(ProbeFormulas, ARidgeOfEqualStatesGuessesByFrequency) {
  const Tensor same = at::ones({4, 3}, at::kDouble);
  const Tensor scores =
      ridge_scores(same, at::tensor({0, 1, 1, 1}, at::kLong), 2, at::rand({2, 3}, at::kDouble));
  expect_near(scores, at::tensor({0.25, 0.75}, at::kDouble).expand({2, 2}));
}

TEST(ProbeFormulas, EnergyIsTheSquaredDistanceOfMeanDirections) {
  const Tensor right = at::tensor({2.0, 0.0}).view({1, 2}),
               up = at::tensor({0.0, 3.0}).view({1, 2});
  EXPECT_NEAR(energy_distance(right, up), 2, 1e-12);
  const Tensor both = at::cat({right, up});
  EXPECT_NEAR(energy_distance(both, right), 0.5, 1e-12);  // of (1/2,1/2) and (1,0)
  EXPECT_NEAR(energy_distance(both, at::cat({up, right})), 0, 1e-12);
}

TEST(ProbeFormulas, AVectorWithoutLengthIsFarFromAll) {
  EXPECT_EQ(cosine_distance(at::zeros({3}, at::kDouble), at::ones({3}, at::kDouble)).item<double>(),
            1);
}

}  // namespace
}  // namespace lidit::probes
