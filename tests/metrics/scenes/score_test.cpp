#include "metrics/scenes/score.h"

#include <gtest/gtest.h>

namespace lidit::scenes {
namespace {

using enum Attribute;

Object object(int shape_value, int colour_value, int place_value) {
  Object result;
  result[shape] = shape_value;
  result[colour] = colour_value;
  result[place] = place_value;
  return result;
}

Claim claim(std::optional<int> shape_value, std::optional<int> colour_value,
            std::optional<int> place_value, int count = 1) {
  Claim result;
  result.wanted[number(shape)] = shape_value;
  result.wanted[number(colour)] = colour_value;
  result.wanted[number(place)] = place_value;
  result.count = count;
  result.counted = count > 1;
  return result;
}

Caption caption(std::vector<Claim> claims, std::vector<Relation> relations = {}) {
  return {"", "", Category::complex, std::move(claims), std::move(relations)};
}

Reading reading(const std::vector<Object>& objects) {
  Reading result;
  result.places.resize(9);
  for (const Object& found : objects)
    result.places[static_cast<std::size_t>(found[place])] = {true, found, 0, 1};
  return result;
}

PromptScore scored(const Caption& wanted, const std::vector<Object>& objects) {
  return score(preset("desk"), wanted, reading(objects));
}

TEST(Score, TellsWrongBindingFromWrongWords) {
  const auto wanted = caption({claim(0, 1, 0), claim(2, 3, 1)});
  const auto swapped = scored(wanted, {object(0, 3, 0), object(2, 1, 1)});
  for (const ClaimScore& one : swapped.claims) {
    EXPECT_EQ(one.attributes[number(shape)], 1);
    EXPECT_EQ(one.attributes[number(colour)], 0);
    EXPECT_EQ(one.attributes[number(place)], 1);
    EXPECT_EQ(one.attributes[number(texture)], std::nullopt);
    EXPECT_EQ(one.binding, 0);
  }
  EXPECT_EQ(swapped.all, 0);
}

TEST(Score, LeavesFreeWhatIsNotClaimed) {
  const auto wanted = caption({claim(0, std::nullopt, std::nullopt)});
  EXPECT_EQ(scored(wanted, {object(0, 5, 7)}).all, 1);
}

TEST(Score, AssignsSoThatAsManyAsPossibleAreWhollyRight) {
  // Object (0,1,0) satisfies both; only the assignment that leaves it to the second binds both.
  const auto wanted = caption({claim(0, std::nullopt, std::nullopt), claim(0, 1, std::nullopt)});
  const auto result = scored(wanted, {object(0, 1, 0), object(0, 2, 3)});
  EXPECT_EQ(result.claims[0].binding, 1);
  EXPECT_EQ(result.claims[1].binding, 1);
  EXPECT_EQ(result.all, 1);
}

TEST(Score, CountsObjectsOfACountedClaimExactly) {
  const auto wanted = caption({claim(0, 1, std::nullopt, 2)});
  const auto two = scored(wanted, {object(0, 1, 0), object(0, 1, 1)});
  EXPECT_EQ(two.claims[0].count, 1);
  EXPECT_EQ(two.all, 1);
  const auto one = scored(wanted, {object(0, 1, 0)});
  EXPECT_EQ(one.claims[0].count, 0);
  EXPECT_EQ(one.claims[0].attributes[number(shape)], 0.5);
  EXPECT_EQ(one.claims[0].binding, 0);
  const auto three = scored(wanted, {object(0, 1, 0), object(0, 1, 1), object(0, 1, 2)});
  EXPECT_EQ(three.claims[0].count, 0);
  EXPECT_EQ(three.claims[0].binding, 0);
  EXPECT_EQ(three.extra, 1);
}

TEST(Score, CountsExtraObjectsAgainstThePromptButNotAgainstTheClaims) {
  const auto wanted = caption({claim(0, 1, 0)});
  const auto result = scored(wanted, {object(0, 1, 0), object(3, 3, 5)});
  EXPECT_EQ(result.claims[0].binding, 1);
  EXPECT_EQ(result.extra, 1);
  EXPECT_EQ(result.all, 0);
}

TEST(Score, OfAnEmptyImageIsZero) {
  const auto result = scored(caption({claim(0, 1, 0), claim(1, 1, 2)}, {{0, 1, 0}}), {});
  EXPECT_EQ(result.claims[0].binding, 0);
  EXPECT_EQ(result.claims[1].attributes[number(shape)], 0);
  EXPECT_EQ(result.relations.at(0), 0);
  EXPECT_EQ(result.all, 0);
}

TEST(Score, BindsRelatedObjectsOnlyWhenTheRelationHolds) {
  const auto wanted =
      caption({claim(0, std::nullopt, std::nullopt), claim(1, std::nullopt, std::nullopt)},
              {{0, 1, 0}});  // 0 left of 1
  EXPECT_EQ(scored(wanted, {object(0, 0, 3), object(1, 0, 5)}).all, 1);
  const auto mirrored = scored(wanted, {object(0, 0, 5), object(1, 0, 3)});
  EXPECT_EQ(mirrored.claims[0].attributes[number(shape)], 1);
  EXPECT_EQ(mirrored.relations.at(0), 0);
  EXPECT_EQ(mirrored.claims[0].binding, 0);
}

TEST(Score, TakesAmongLikeObjectsTheOneThatIsRelatedAsClaimed) {
  // Red circles to the left (3) and to the right (5) of a blue square (4).
  const std::vector<Object> objects = {object(0, 0, 3), object(1, 2, 4), object(0, 0, 5)};
  const auto related = [&](int kind) {
    return scored(caption({claim(0, 0, std::nullopt), claim(1, 2, std::nullopt)}, {{0, 1, kind}}),
                  objects);
  };
  for (const int kind : {0, 1}) {  // left of, right of
    EXPECT_EQ(related(kind).relations.at(0), 1) << kind;
    EXPECT_EQ(related(kind).claims[0].binding, 1) << kind;
    EXPECT_EQ(related(kind).claims[1].binding, 1) << kind;
    EXPECT_EQ(related(kind).extra, 1);
  }
  for (const int kind : {2, 3}) EXPECT_EQ(related(kind).relations.at(0), 0) << kind;
}

TEST(Score, TakesNoWorseObjectForTheSakeOfARelation) {
  // The red circle is left of the square, a green one right of it.
  const auto result =
      scored(caption({claim(0, 0, std::nullopt), claim(1, 2, std::nullopt)}, {{0, 1, 1}}),
             {object(0, 0, 3), object(1, 2, 4), object(0, 1, 5)});
  EXPECT_EQ(result.claims[0].attributes[number(colour)], 1);
  EXPECT_EQ(result.relations.at(0), 0);
}

TEST(Summary, AveragesOverClaimsAndOverCaptionPositions) {
  const auto wanted = caption({claim(0, 1, 0), claim(2, 3, 1)});
  const std::vector<PromptScore> scores = {scored(wanted, {object(0, 1, 0), object(2, 3, 1)}),
                                           scored(wanted, {object(0, 1, 0), object(2, 2, 1)})};
  const auto summary = summarise(scores);
  EXPECT_DOUBLE_EQ(summary.at("binding"), 0.75);
  EXPECT_DOUBLE_EQ(summary.at("binding.position.1"), 1);
  EXPECT_DOUBLE_EQ(summary.at("binding.position.2"), 0.5);
  EXPECT_DOUBLE_EQ(summary.at("colour"), 0.75);
  EXPECT_DOUBLE_EQ(summary.at("prompt"), 0.5);
  EXPECT_EQ(summary.count("texture"), 0u);
  EXPECT_DOUBLE_EQ(mean(scores).claims[1].binding, 0.5);
}

}  // namespace
}  // namespace lidit::scenes
