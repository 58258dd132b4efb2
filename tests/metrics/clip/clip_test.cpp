// CLIP as a judge against transformers and Pillow, on tiny random weights.
#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include "metrics/alignment/captioned_images.h"
#include "metrics/clip/clip_model.h"
#include "metrics/clip/resize.h"
#include "results/files.h"
#include "tests/encoders/llm/golden_states.h"
#include "tests/support/file_error.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using testing::HasSubstr;
using testing_support::golden_tensor;
using testing_support::worst_error;
namespace fs = std::filesystem;

const fs::path kGolden = fs::path(LIDIT_GOLDEN_DIR) / "clip";

std::vector<benchmarks::CaptionedImage> captions() {
  return benchmarks::read_captions(kGolden / "pictures");
}

Image picture(std::size_t index) { return read_png(kGolden / "pictures" / captions()[index].file); }

Tensor expected(const std::string& name) {
  return golden_tensor(*WeightFile::open(kGolden / "expected.safetensors"), name);
}

Tensor as_tensor(const Image& image) {
  return at::tensor(at::ArrayRef<std::uint8_t>(image.rgb), at::kByte)
      .view({image.height, image.width, 3})
      .to(at::kFloat);
}

TEST(ResizeBicubic, IsPillowsToTheBit) {
  for (std::size_t i = 0; i < captions().size(); ++i) {
    const Tensor wanted = expected("resized." + std::to_string(i));
    EXPECT_TRUE(
        at::equal(as_tensor(resize_bicubic(picture(i), wanted.size(1), wanted.size(0))), wanted))
        << captions()[i].file;
  }
}

class Clips : public testing::TestWithParam<const char*> {
 protected:
  const ClipModel model{find_clip((kGolden / GetParam()).string(), "no-home"), c10::kCPU};
  Tensor pixels() const {
    std::vector<Tensor> all;
    for (std::size_t i = 0; i < captions().size(); ++i) all.push_back(model.preprocess(picture(i)));
    return at::stack(all);
  }
  Tensor texts() const {
    std::vector<std::string> all;
    for (const auto& image : captions()) all.push_back(image.caption);
    return model.embed_texts(model.tokenize(all));
  }
};

TEST_P(Clips, GivesTheTowerThePixelsThatPillowGives) {
  const Tensor ours = pixels();
  for (std::int64_t i = 0; i < ours.size(0); ++i)
    EXPECT_LT((ours[i] - expected("pixels." + std::to_string(i))).abs().max().item<float>(), 1e-6);
}

TEST_P(Clips, EmbedsImagesTextsAndTheirLogitsAsTransformers) {
  const Tensor images = model.embed_images(pixels()), words = texts();
  EXPECT_LT(worst_error(images, expected("images")), 2e-5);
  EXPECT_LT(worst_error(words, expected("texts")), 2e-5);
  EXPECT_LT(worst_error(at::matmul(images, words.t()) * model.logit_scale(), expected("logits")),
            2e-5);
}

INSTANTIATE_TEST_SUITE_P(Naming, Clips, testing::Values("hugging-face", "open-clip"),
                         [](const auto& test) {
                           return std::string(test.param) == "open-clip" ? "OpenClip"
                                                                         : "HuggingFace";
                         });

ClipSettings published(std::string_view name, std::int64_t projection) {
  ClipSettings settings{.text = {}, .vision = {}, .projection = projection};
  for (const ClipSize& size : clip_sizes())
    if (size.name == name) settings.text = size.config;
  for (const ClipVisionSize& size : clip_vision_sizes())
    if (size.name == name) settings.vision = size.config;
  return settings;
}

TEST(ClipSizes, HaveThePublishedNumbersOfParameters) {
  EXPECT_EQ(parameter_count(published("clip-vit-b-32", 512)), 151'277'313);
  EXPECT_EQ(parameter_count(published("clip-vit-l-14", 768)), 427'616'513);
}

TEST(ClipFilesFound, AreRefusedInASentence) {
  const TemporaryFolder folder;
  const auto refusal = [&](const fs::path& path) {
    try {
      ClipModel(find_clip(path.string(), "no-home"), c10::kCPU);
    } catch (const UserError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(refusal(folder.path() / "none"), HasSubstr("there is no folder"));
  EXPECT_THAT(refusal(folder.path()), HasSubstr("tokenizer.json is missing"));
  fs::copy(kGolden / "hugging-face", folder.path() / "a");
  folder.write("a/config.json", R"({"model_type": "clip", "text_config": {}})");
  EXPECT_THAT(refusal(folder.path() / "a"), HasSubstr("config.json"));
  fs::copy(kGolden / "open-clip", folder.path() / "b");
  fs::copy_file(kGolden / "hugging-face" / "model.safetensors",
                folder.path() / "b" / "open_clip_model.safetensors",
                fs::copy_options::overwrite_existing);
  EXPECT_THAT(refusal(folder.path() / "b"),
              HasSubstr("the tensor token_embedding.weight is missing"));
}

/// A copy of a golden model with a file changed; what find_clip says of it.
std::string refusal_of(const char* naming, const char* file, const std::string& from,
                       const std::string& to) {
  const TemporaryFolder folder;
  fs::copy(kGolden / naming, folder.path() / "m");
  std::string text = read_file(folder.path() / "m" / file, 1 << 16);
  const std::size_t place = text.find(from);
  if (place == std::string::npos) return "nothing to change";
  folder.write(std::string("m/") + file, text.replace(place, from.size(), to));
  try {
    find_clip((folder.path() / "m").string(), "no-home");
  } catch (const FileError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ClipFilesFound, OfOpenClipRefuseWhatIsComputedInAnotherWay) {
  const auto with = [](const std::string& part, const std::string& more) {
    const std::string begin = "\"" + part + "\": {";
    return refusal_of("open-clip", "open_clip_config.json", begin, begin + more + ", ");
  };
  const std::pair<const char*, const char*> refused[] = {
      {"text_cfg", R"("pool_type": "last")"},
      {"text_cfg", R"("no_causal_mask": true)"},
      {"text_cfg", R"("embed_cls": true)"},
      {"vision_cfg", R"("pool_type": "avg")"},
      {"vision_cfg", R"("ls_init_value": 0.1)"},
      {"preprocess_cfg", R"("resize_mode": "squash")"},
      {"preprocess_cfg", R"("interpolation": "bilinear")"}};
  for (const auto& [part, more] : refused)
    EXPECT_THAT(with(part, more), HasSubstr("is computed here")) << more;
  EXPECT_THAT(with("preprocess_cfg", R"("size": [24, 32])"), HasSubstr("takes 24 pixels a side"));
  EXPECT_EQ(with("text_cfg", R"("pool_type": "argmax", "no_causal_mask": false)"), "no error");
  EXPECT_EQ(with("preprocess_cfg", R"("size": [24, 24], "resize_mode": "shortest")"), "no error");
}

TEST(ClipFilesFound, OfHuggingFaceRefuseOtherWaysToPreparePictures) {
  const auto with = [](const std::string& more) {
    return refusal_of("hugging-face", "preprocessor_config.json", "{", "{" + more + ", ");
  };
  for (const char* more : {R"("resample": 2)", R"("do_center_crop": false)",
                           R"("do_normalize": false)", R"("rescale_factor": 1)"})
    EXPECT_THAT(with(more), HasSubstr("is computed here")) << more;
  for (const char* more : {R"("size": 32)", R"("size": {"shortest_edge": 32})",
                           R"("crop_size": {"height": 24, "width": 32})"})
    EXPECT_THAT(with(more), HasSubstr("takes 24 pixels a side")) << more;
  EXPECT_EQ(with(R"("size": {"shortest_edge": 24}, "crop_size": {"height": 24, "width": 24},
                    "resample": 3, "rescale_factor": 0.00392156862745098)"),
            "no error");
}

/// A picture whose red channel says the column.
Image columns(std::int64_t width, std::int64_t height) {
  Image image{width, height, {}};
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x)
      image.rgb.insert(image.rgb.end(), {static_cast<std::uint8_t>(x), 0, 0});
  return image;
}

// int(round(surplus / 2.0)) of Python for torchvision, surplus // 2 for transformers.
TEST(CropCentre, RoundsHalfPixelsAsTheModelsOwnLibrary) {
  constexpr std::uint8_t kTorchvision[] = {0, 0, 1, 2, 2, 2, 3, 4},
                         kTransformers[] = {0, 0, 1, 1, 2, 2, 3, 3};
  for (std::int64_t surplus = 0; surplus < 8; ++surplus) {
    const Image wide = columns(5 + surplus, 5);
    const auto i = static_cast<std::size_t>(surplus);
    EXPECT_EQ(crop_centre(wide, 5, HalfPixel::to_even).rgb[0], kTorchvision[i]) << surplus;
    EXPECT_EQ(crop_centre(wide, 5, HalfPixel::down).rgb[0], kTransformers[i]) << surplus;
  }
}

TEST(CropCentre, IsOnePixelFurtherForOpenClipWhereThreeAreLeftOver) {
  const ClipModel transformers(find_clip((kGolden / "hugging-face").string(), "no-home"),
                               c10::kCPU),
      open_clip(find_clip((kGolden / "open-clip").string(), "no-home"), c10::kCPU);
  const Image wide = columns(27, 24);
  EXPECT_TRUE(at::equal(open_clip.preprocess(wide).slice(2, 0, 23),
                        transformers.preprocess(wide).slice(2, 1, 24)));
}

TEST(ClipModels, RefuseAPictureThatIsAThread) {
  const ClipModel model(find_clip((kGolden / "hugging-face").string(), "no-home"), c10::kCPU);
  EXPECT_THROW(model.preprocess(Image{200, 1, std::vector<std::uint8_t>(600)}), UserError);
}

}  // namespace
}  // namespace lidit
