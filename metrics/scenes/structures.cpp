#include "metrics/scenes/structures.h"

#include <fmt/format.h>

#include <stdexcept>
#include <string>

namespace lidit::scenes {
namespace {

using enum Family;
constexpr Unique kAny = Unique::nothing, kShapes = Unique::shapes, kColours = Unique::colours;

// clang-format off
const std::vector<Structure> kStructures = {
  {prenominal, 0, 1, kAny, {{"", "{np} {place}", ", ", " and ", ""}}},
  {prenominal, 1, 1, kAny, {{"Draw ", "{np} {place}", ", ", " and ", "."}}},
  {prenominal, 2, 1, kAny, {{"There is ", "{np} {place}", ", there is ", " and there is ", "."}}},
  {prenominal, 3, 1, kAny, {{"", "{np} sits {place}", ". ", ". ", "."}}},
  {prenominal, 4, 1, kAny, {{"I want ", "{np} placed {place}", ", then ", " and finally ", "."}}},
  {prenominal, 5, 1, kAny, {{"An image with ", "{np} that lies {place}", "; ", "; ", ""}}},

  {fronted, 0, 1, kAny, {{"", "{place} there is {np}", ". ", ". ", "."}}},
  {fronted, 1, 1, kAny, {{"", "{place}, {np}", "; ", "; ", ""}}},
  {fronted, 2, 1, kAny, {{"The picture shows ", "{place} {np}", ", ", " and ", "."}}},
  {fronted, 3, 1, kAny, {{"", "{place} draw {np}", ". ", ". ", "."}}},
  {fronted, 4, 1, kAny, {{"", "What is {place}? {np}", ". ", ". ", "."}}},
  {fronted, 5, 1, kAny, {{"", "{place} sits {np}", ", ", ", and ", "."}}},

  {postnominal, 0, 1, kAny, {{"", "{a} {shape} {place} that is {qualities}", ", ", " and ", ""}}},
  {postnominal, 1, 1, kAny, {{"", "{a} {shape} {place} is {qualities}", ". ", ". ", "."}}},
  {postnominal, 2, 1, kAny, {{"Draw ", "{a} {shape}, {qualities}, {place}", "; ", "; ", "."}}},
  {postnominal, 3, 1, kAny, {{"", "{a} {shape} {place} which looks {qualities}", "; ", "; and ", ""}}},
  {postnominal, 4, 1, kAny, {{"We see ", "{a} {shape}, drawn {qualities} {place}", ", ", " and ", "."}}},
  {postnominal, 5, 1, kAny, {{"", "{a} {shape} whose look is {qualities}, {place}", "; ", "; ", ""}}},

  {split, 0, 1, kAny, {{"", "There is {a} {shape} {place}. It is {qualities}", ". ", ". ", "."}}},
  {split, 1, 1, kAny, {{"", "Draw {a} {shape}. Make it {qualities}. Put it {place}", ". ", ". ", "."}}},
  {split, 2, 1, kAny, {{"", "{place} there is {a} {shape}. It should be {qualities}", ". ", ". ", "."}}},
  {split, 3, 1, kAny, {{"", "{a} {shape} is {place}. Its look is {qualities}", ". ", ". ", "."}}},
  {split, 4, 1, kAny, {{"", "We need {a} {shape}. It goes {place} and it is {qualities}", ". ", ". ", "."}}},
  {split, 5, 1, kAny, {{"", "Look {place}: you see {a} {shape}, and it is {qualities}", ". ", ". ", "."}}},

  {back_reference, 0, 1, kAny, {{"", "{a} {shape}", ", ", " and ", ". "},
                                {"", "The {first} is {qualities} and sits {place}", ". ", ". ", "."}}},
  {back_reference, 1, 1, kShapes, {{"Draw ", "{a} {shape}", ", ", " and ", ". "},
                                   {"", "The {shape} is {qualities} and goes {place}", ". ", ". ", "."}}},
  {back_reference, 2, 1, kAny, {{"There is ", "{a} {shape} {place}", ", ", " and ", ". "},
                                {"", "The {first} one is {qualities}", ". ", ". ", "."}}},
  {back_reference, 3, 1, kAny, {{"We see ", "{a} {shape} {place}", ", ", " and ", ". "},
                                {"", "The one {place} is {qualities}", ". ", ". ", "."}}},
  {back_reference, 4, 1, kAny, {{"In order: ", "{a} {shape}", ", ", ", ", ". "},
                                {"", "Number {number} lies {place}, drawn {qualities}", ". ", ". ", "."}}},
  {back_reference, 5, 1, kShapes, {{"We need ", "{a} {shape}", ", ", " and ", "; "},
                                   {"", "the {shape} {place} must be {qualities}", ", ", " and ", "."}}},

  {respectively, 0, 2, kAny, {{"", "{a} {shape}", ", ", " and ", " are "},
                              {"", "{adjectives}", ", ", " and ", " respectively, and they sit "},
                              {"", "{place}", ", ", " and ", " respectively."}}},
  {respectively, 1, 2, kAny, {{"Draw ", "{a} {shape}", ", ", " and ", " in "},
                              {"", "{adjectives}", ", ", " and ", ", in that order, "},
                              {"placed ", "{place}", ", ", " and ", "."}}},
  {respectively, 2, 2, kAny, {{"The looks ", "{adjectives}", ", ", " and ", " belong to "},
                              {"", "{a} {shape}", ", ", " and ", ", respectively, "},
                              {"located ", "{place}", ", ", " and ", "."}}},
  {respectively, 3, 2, kAny, {{"", "{place}", ", ", " and ", " there are "},
                              {"", "{a} {shape}", ", ", " and ", " that are "},
                              {"", "{adjectives}", ", ", " and ", ", respectively."}}},
  {respectively, 4, 2, kAny, {{"", "{np}", ", ", " and ", " sit "},
                              {"", "{place}", ", ", " and ", ", respectively."}}},
  {respectively, 5, 2, kAny, {{"", "{a} {shape}", ", ", " and ", " lie "},
                              {"", "{place}", ", ", " and ", "; in the same order, they look "},
                              {"", "{adjectives}", ", ", " and ", "."}}},

  {look_ahead, 0, 1, kColours, {{"Draw ", "{a} {adjectives} thing {place}", ", ", " and ", ". "},
                                {"", "The {colour} one should be {a} {shape}", ". ", ". ", "."}}},
  {look_ahead, 1, 1, kAny, {{"There is ", "something {place}", ", ", " and ", ". "},
                            {"", "The thing {place} is {np}", ". ", ". ", "."}}},
  {look_ahead, 2, 1, kAny, {{"Draw ", "one thing {place}", ", ", " and ", ". "},
                            {"", "The {first} is {np}", ". ", ". ", "."}}},
  {look_ahead, 3, 1, kColours, {{"We see ", "{a} {adjectives} object", ", ", " and ", ". "},
                                {"", "The {colour} object is {a} {shape} {place}", ". ", ". ", "."}}},
  {look_ahead, 4, 1, kColours, {{"Imagine ", "{a} {adjectives} item {place}", ", ", " and ", ". "},
                                {"", "Make the {colour} item {a} {shape}", ". ", ". ", "."}}},
  {look_ahead, 5, 1, kAny, {{"", "{place} comes {a} {adjectives} object, namely {a} {shape}", ". ", ". ", "."}}},

  {dense, 0, 3, kAny, {{"A calm picture with an even background. ",
                        "{place}, easy to make out, there is {np}", ". ", ". ", ". Nothing else appears."}}},
  {dense, 1, 3, kAny, {{"The drawing holds a few simple things. ",
                        "One can find {np} {place}, clearly drawn", ". ", ". ", ". The rest stays empty."}}},
  {dense, 2, 3, kAny, {{"Here is how the page is filled. ",
                        "{a} {shape} lies {place}; looking closer, it is {qualities}", ". ", ". ", ". That is all."}}},
  {dense, 3, 3, kAny, {{"The scene contains ", "{a} {shape}", ", ", " and ", ", each on its own. "},
                       {"", "The {first} is {qualities} and appears {place}", ". ", ". ", "."}}},
  {dense, 4, 3, kAny, {{"Going through the picture step by step: ",
                        "{place} you meet {np}, standing on its own", "; ", "; and ", ". That is all."}}},
  {dense, 5, 3, kAny, {{"Begin with an empty page and proceed step by step. ",
                        "Add {a} {adjectives} thing {place}; it becomes {a} {shape}", ". ", ". ", "."}}},

  {plain, 0, 1, kAny, {{"", "{np}", ", ", " and ", ""}}},
  {plain, 1, 1, kAny, {{"A picture of ", "{np}", ", ", " and ", "."}}},
  {plain, 2, 1, kAny, {{"Draw ", "{np}", " as well as ", " as well as ", "."}}},
  {plain, 3, 1, kAny, {{"We see ", "{np}", " together with ", " together with ", "."}}},
  {plain, 4, 1, kAny, {{"", "{np}", " with ", " with ", ""}}},
  {plain, 5, 1, kAny, {{"I want ", "{np}", "; also ", "; also ", "."}}},

  {relation, 0, 2, kAny, {{"", "{np}", " {relation} ", " {relation} ", ""}}},
  {relation, 1, 2, kAny, {{"Draw ", "{np}", " {relation} ", " {relation} ", "."}}},
  {relation, 2, 2, kAny, {{"A picture of ", "{np}", " {relation} ", " {relation} ", "."}}},
  {relation, 3, 2, kAny, {{"", "{np}", " is {relation} ", " is {relation} ", "."}}},
  {relation, 4, 2, kAny, {{"We see ", "{np}", " placed {relation} ", " placed {relation} ", "."}}},
  {relation, 5, 2, kAny, {{"Put ", "{np}", " so that it is {relation} ", " so that it is {relation} ", "."}}},
};
// clang-format on

}  // namespace

std::span<const Structure> structures() { return kStructures; }

std::string structure_name(const Structure& structure) {
  return fmt::format("{}-{}", name(structure.family), structure.group + 1);
}

bool belongs(int group, Part part, int fold, int training_groups) {
  const int turn = (group - fold + kGroups) % kGroups;  // 0 test, 1 dev, then training
  switch (part) {
    case Part::test:
      return turn == 0;
    case Part::dev:
      return turn == 1;
    case Part::train:
      return turn >= 2 && turn < 2 + training_groups;
  }
  throw std::logic_error("a part that is neither train, dev nor test");
}

}  // namespace lidit::scenes
