#include "metrics/alignment/three_in_one.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/drawn_folder.h"
#include "tests/support/file_error.h"
#include "tests/support/temporary_folder.h"

namespace lidit::benchmarks {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

constexpr int kImages = 30;  // of three prompts
constexpr double kBlip = 0.6, kUniDet = 0.2, kClip = 0.3;
const fs::path kPublished = prompt_data(LIDIT_SOURCE_DIR) / "t2i-compbench";

/// The answers that the published scripts leave of one complex prompt of each kind: spatial, action
/// and both, in this order.
class ComplexFolder : public testing::Test {
 protected:
  ComplexFolder() {
    fs::create_directories(folder.path() / "prompts");
    std::string prompts;
    for (const char* list : {"spatial", "action", "spatialaction"})
      prompts += load_compbench(kPublished, "complex", fmt::format("val_{}", list))[0] + "\r\n";
    folder.write("prompts/complex_val.txt", prompts);
    write_parts(kImages);
  }
  void write(const std::string& place, int images, const std::function<json(int)>& answer) const {
    json entries = json::array();
    for (int i = 0; i < images; ++i) entries.push_back({{"question_id", i}, {"answer", answer(i)}});
    fs::create_directories(folder.path() / "judge/complex" / place);
    folder.write("judge/complex/" + place + "/vqa_result.json", entries.dump());
  }
  void write_parts(int images) const {
    write("annotation_blip", images, [](int) { return "0.6000"; });
    write("labels/annotation_obj_detection_2d", images, [](int) { return kUniDet; });
    write("annotation_clip", images, [](int) { return kClip; });
  }
  /// What the published script makes of the parts: full precision, 1 / 3 * (.6 + .2 + .3) last.
  static double expected(int image) {
    if (image < 10) return (kUniDet + kBlip) * 0.5;
    return image < 20 ? (kClip + kBlip) * 0.5 : (kBlip + kUniDet + kClip) / 3;
  }
  ScoreRequest request() const {
    return {.data = prompt_data(LIDIT_SOURCE_DIR),
            .prompts = folder.path() / "prompts",
            .judge = folder.path() / "judge",
            .categories = {"complex"}};
  }
  BenchmarkScore score() const { return score_benchmark(benchmark_of("t2i-compbench"), request()); }
  std::string refusal() const {
    return file_error_of([&] { score(); });
  }

  const TemporaryFolder folder;
};

TEST_F(ComplexFolder, IsScoredByTheJudgesThatTheKindOfEachPromptAsksFor) {
  const BenchmarkScore scored = score();
  ASSERT_EQ(scored.images.size(), std::size_t{kImages});
  for (int i = 0; i < kImages; ++i)
    EXPECT_NEAR(scored.images[static_cast<std::size_t>(i)].value, expected(i), 1e-12) << i;
  EXPECT_NEAR(scored.find("complex")->value, (0.4 + 0.45 + 1.1 / 3) / 3, 1e-12);
  EXPECT_THAT(scored.as_judged, IsEmpty());
  const Fields& spatial = scored.images[0].evidence;
  EXPECT_EQ(get<double>(spatial, "blip_vqa"), kBlip);
  EXPECT_EQ(get<double>(spatial, "unidet_2d"), kUniDet);
  EXPECT_FALSE(spatial.contains("clip")) << "a spatial prompt is no matter of CLIP's";
}

TEST_F(ComplexFolder, WithFinishedScoresIsRecomputedAndCompared) {
  write("annotation_3_in_1", kImages, [](int i) { return expected(i); });
  const BenchmarkScore scored = score();
  EXPECT_NEAR(scored.find("complex")->value, (0.4 + 0.45 + 1.1 / 3) / 3, 1e-12);
  EXPECT_THAT(scored.as_judged, IsEmpty());
}

TEST_F(ComplexFolder, WhoseFinishedScoreIsNotWhatItsPartsGiveIsRefused) {
  write("annotation_3_in_1", kImages, [](int i) { return i == 12 ? 0.5 : expected(i); });
  EXPECT_THAT(refusal(), HasSubstr("entry 13: the 3-in-1 answer to question 12 is 0.5, but "
                                   "blip_vqa 0.6, clip 0.3 give 0.450000"));
}

TEST_F(ComplexFolder, WithFinishedScoresAloneIsTakenAsJudgedAndSaysSo) {
  write("annotation_3_in_1", kImages, [](int) { return 0.5; });
  fs::remove_all(folder.path() / "judge/complex/annotation_clip");
  const BenchmarkScore scored = score();
  EXPECT_EQ(scored.find("complex")->value, 0.5);
  EXPECT_THAT(scored.as_judged, ElementsAre("complex (3-in-1)"));
  EXPECT_THAT(scored.notes,
              Contains("as judged, not recomputed from what was seen: complex (3-in-1)"));
}

TEST_F(ComplexFolder, SaysHowManyImagesLackAPart) {
  write("annotation_3_in_1", kImages, [](int i) { return expected(i); });
  write("annotation_clip", kImages - 2, [](int) { return kClip; });
  EXPECT_THAT(score().as_judged, ElementsAre("complex (3-in-1; 2 of 30 images)"));
}

TEST_F(ComplexFolder, LacksTheImagesOfWhichAPartIsMissing) {
  write_parts(kImages - 2);
  try {
    score();
    FAIL() << "an incomplete judge's folder passed";
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("2 of 30 images are missing: complex/002 #8, complex/002 #9"));
  }
}

TEST_F(ComplexFolder, MayHaveUniDetsAnswersWhereOlderScriptsPutThem) {
  fs::rename(folder.path() / "judge/complex/labels/annotation_obj_detection_2d",
             folder.path() / "judge/complex/annotation_obj_detection");
  EXPECT_NEAR(score().images[0].value, expected(0), 1e-12);
}

TEST_F(ComplexFolder, AnsweredTwiceOrWithoutANumberIsRefused) {
  folder.write("judge/complex/annotation_clip/vqa_result.json",
               R"([{"question_id": 3, "answer": 0.3}, {"question_id": 3, "answer": 0.3}])");
  EXPECT_THAT(refusal(), HasSubstr("entry 2: question 3 is answered twice"));
  folder.write("judge/complex/annotation_clip/vqa_result.json",
               R"([{"question_id": 3, "questions": ["a"], "answers": [0.3]}])");
  EXPECT_THAT(refusal(), HasSubstr("entry 1: has no 'answer', one number for the image"));
  write_parts(kImages + 1);
  EXPECT_THAT(refusal(), HasSubstr("no image 30 of the category 'complex' is asked for"));
}

TEST_F(ComplexFolder, OfPromptsInNoneOfTheListsIsRefusedUnlessItBringsItsOwn) {
  folder.write("prompts/complex_val.txt", "A.\nB.\nC.\n");
  EXPECT_THAT(refusal(), HasSubstr("'A.' is in none of complex_val_spatial.txt, "));
  folder.write("prompts/complex_val_spatial.txt", "A.\n");
  folder.write("prompts/complex_val_action.txt", "B.\n");
  folder.write("prompts/complex_val_spatialaction.txt", "C.\n");
  EXPECT_NEAR(score().images[29].value, expected(29), 1e-12);
  folder.write("prompts/complex_val_spatialaction.txt", "A.\n");
  EXPECT_THAT(refusal(), HasSubstr("complex_val_spatialaction.txt: 'A.' is listed twice"));
}

TEST(ComplexKinds, PartThePublishedPromptsCompletely) {
  const ComplexKinds kinds = load_complex_kinds(kPublished);
  std::map<ComplexKind, int> counts;
  std::set<std::string> prompts;
  for (const auto& [prompt, kind] : kinds) {
    ++counts[kind];
    prompts.insert(prompt);
  }
  EXPECT_EQ(counts,
            (std::map<ComplexKind, int>{
                {ComplexKind::spatial, 58}, {ComplexKind::action, 212}, {ComplexKind::both, 30}}));
  const auto all = load_compbench(kPublished, "complex", "val");
  EXPECT_EQ(prompts, std::set(all.begin(), all.end()));
}

}  // namespace
}  // namespace lidit::benchmarks
