#include "metrics/scenes/read.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "metrics/scenes/draw.h"
#include "results/philox.h"
#include "tests/metrics/scenes/presets.h"

namespace lidit::scenes {
namespace {

/// Every object that the preset can draw, in one place.
std::vector<Object> drawable(const Preset& preset, int place) {
  std::vector<Object> objects;
  Object object;
  object[Attribute::place] = place;
  auto& shape = object[Attribute::shape];
  auto& colour = object[Attribute::colour];
  auto& texture = object[Attribute::texture];
  auto& size = object[Attribute::size];
  for (shape = 0; shape < preset.concept_count(Attribute::shape); ++shape)
    for (colour = 0; colour < preset.concept_count(Attribute::colour); ++colour)
      for (texture = 0; texture < preset.concept_count(Attribute::texture); ++texture)
        for (size = 0; size < preset.concept_count(Attribute::size); ++size)
          for (const int extent : preset.extents[static_cast<std::size_t>(size)])
            for (object.dy = -preset.jitter; object.dy <= preset.jitter; ++object.dy)
              for (object.dx = -preset.jitter; object.dx <= preset.jitter; ++object.dx) {
                object.extent = extent;
                objects.push_back(object);
              }
  return objects;
}

class EveryPreset : public testing::TestWithParam<std::string_view> {
 protected:
  const Preset& preset_ = preset(GetParam());
};
INSTANTIATE_TEST_SUITE_P(Scenes, EveryPreset, testing::ValuesIn(preset_names()), test_name);

TEST_P(EveryPreset, ReadsEveryDrawableObjectExactly) {
  const Reader reader(preset_);
  const auto objects = drawable(preset_, 0);
  const auto places = static_cast<std::size_t>(preset_.places());
  for (std::size_t begin = 0; begin < objects.size(); begin += places) {
    Scene scene;  // as many of them as there are places
    for (std::size_t i = begin; i < std::min(begin + places, objects.size()); ++i) {
      scene.objects.push_back(objects[i]);
      scene.objects.back()[Attribute::place] = static_cast<int>((i * 7) % places);
    }
    const Reading reading = reader.read(draw(preset_, scene));
    for (const Object& object : scene.objects) {
      const Found& found = reading.places[static_cast<std::size_t>(object[Attribute::place])];
      ASSERT_TRUE(found.present);
      ASSERT_EQ(found.object.values, object.values);
      ASSERT_NEAR(found.distance, 0, 1e-5);
      ASSERT_NEAR(found.margin, 1, 1e-3);
    }
  }
}

TEST_P(EveryPreset, ReadsEmptyPlacesAsEmpty) {
  const Reader reader(preset_);
  for (int place = 0; place < preset_.places(); ++place) {
    Object object = drawable(preset_, place).front();
    const Reading reading = reader.read(draw(preset_, {{object}}));
    for (int other = 0; other < preset_.places(); ++other) {
      const Found& found = reading.places[static_cast<std::size_t>(other)];
      EXPECT_EQ(found.present, other == place);
      EXPECT_NEAR(found.margin, 1, 1e-3);
    }
  }
}

TEST_P(EveryPreset, KeepsTemplatesOfDifferentMeaningFarApart) {
  struct Template {
    std::array<int, kAttributes> meaning;
    std::vector<float> pixels;  // in a random order, which lets comparisons end early
  };
  Preset one_place = preset_;
  one_place.rows = one_place.columns = 1;
  const auto size = 3 * one_place.width() * one_place.height();
  const auto order = Philox(1, "pixels").permutation(size);
  const auto painted = [&](const Scene& scene) {
    const Image image = draw(one_place, scene);
    std::vector<float> pixels;
    for (const auto i : order) pixels.push_back(image.pixels[static_cast<std::size_t>(i)]);
    return pixels;
  };
  std::vector<Template> all = {{{-1, -1, -1, -1, -1}, painted({})}};
  for (const Object& object : drawable(one_place, 0))
    all.push_back({object.values, painted({{object}})});
  float least = std::numeric_limits<float>::infinity();
  for (std::size_t a = 0; a < all.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) {
      if (all[a].meaning == all[b].meaning) continue;
      float distance = 0;
      const float *p = all[a].pixels.data(), *q = all[b].pixels.data();
      for (int i = 0; i < size && distance < least; ++i) distance += (p[i] - q[i]) * (p[i] - q[i]);
      least = std::min(least, distance);
    }
  // Noise of deviation s misleads the reader when it moves an image by half the distance: 4 / 2 is
  // 13 deviations of the noise .15 along the way between two templates.
  EXPECT_GE(least, GetParam() == "tiny" ? 12 : 16);
}

TEST_P(EveryPreset, ReadsThroughNoiseOfDeviation15Percent) {
  const Reader reader(preset_);
  Philox draws(3, "noise");
  std::vector<float> noise;
  int read = 0, right = 0;
  const auto objects = drawable(preset_, 0);
  for (std::size_t i = 0; i < objects.size(); i += 1 + objects.size() / 400, ++read) {
    Image image = draw(preset_, {{objects[i]}});
    noise.resize(image.pixels.size());
    draws.fill_normal(noise);
    for (std::size_t k = 0; k < noise.size(); ++k) image.pixels[k] += 0.15f * noise[k];
    const Reading reading = reader.read(image);
    right += reading.places[0].present && reading.places[0].object.values == objects[i].values &&
             !reading.places[1].present;
  }
  EXPECT_EQ(right, read);
}

TEST(Reader, IsLessSureTheFainterAnObject) {
  const Preset& quick = preset("quick");
  const Reader reader(quick);
  Object object;
  object.extent = 6;
  const Image full = draw(quick, {{object}});
  double before = 2;
  for (const float strength : {1.0f, 0.9f, 0.7f, 0.55f}) {
    Image image = full;
    for (float& x : image.pixels) x *= strength;
    const Found found = reader.read(image).places[0];
    EXPECT_TRUE(found.present);
    EXPECT_LT(found.margin, before);
    before = found.margin;
  }
  Image faint = full;
  for (float& x : faint.pixels) x *= 0.45f;
  EXPECT_FALSE(reader.read(faint).places[0].present);
}

TEST(Reader, RefusesImagesWithValuesThatAreNoNumbers) {
  const Preset& tiny = preset("tiny");
  Image image = draw(tiny, {});
  image.pixels[7] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(Reader(tiny).read(image), std::domain_error);
  EXPECT_THROW(Reader(tiny).read(Image{8, 8, {}}), std::logic_error);
}

TEST(Draw, RefusesObjectsThatLeaveTheirPlace) {
  const Preset& quick = preset("quick");
  Object object;
  object.extent = 6;
  object.dx = 2;
  EXPECT_THROW(draw(quick, {{object}}), std::logic_error);
}

TEST(Draw, PaintsTheColourInThePlaceOnGrey) {
  const Preset& quick = preset("quick");
  Object square;
  square[Attribute::shape] = 1;
  square[Attribute::colour] = 2;  // blue
  square[Attribute::place] = 3;   // bottom right
  square.extent = 6;
  const Image image = draw(quick, {{square}});
  EXPECT_EQ(image.at(2, 9, 9), 1);
  EXPECT_EQ(image.at(0, 14, 14), -1);
  EXPECT_EQ(image.at(0, 8, 8), 0);
  EXPECT_EQ(std::count(image.pixels.begin(), image.pixels.end(), 1.0f), 36);
  EXPECT_EQ(std::count(image.pixels.begin(), image.pixels.end(), -1.0f), 72);
}

}  // namespace
}  // namespace lidit::scenes
