#include "metrics/clip/clip_model.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>

#include "encoders/llm/clip/model.h"
#include "results/errors.h"

namespace lidit {
namespace {

constexpr const char* kEndToken = "<|endoftext|>";
constexpr std::int64_t kLongest = 64;  // a picture's longer side over its shorter one

Tensor unit_vectors(const Tensor& x) { return x / x.norm(2, -1, true); }

std::int32_t end_token_of(const Tokenizer& tokenizer, const ClipFiles& files) {
  const auto found = tokenizer.find(kEndToken);
  if (!found)
    throw FileError(fmt::format("{}: there is no token {}", files.tokenizer.string(), kEndToken));
  if (tokenizer.vocabulary_size() > files.settings.text.vocabulary)
    throw FileError(fmt::format("{} has {} tokens, but the model knows {}",
                                files.tokenizer.string(), tokenizer.vocabulary_size(),
                                files.settings.text.vocabulary));
  const std::vector<Token> tokens = tokenizer.encode("a", true);
  if (tokens.empty() || tokens.back().id != *found)
    throw FileError(
        fmt::format("{}: does not end a text with {}", files.tokenizer.string(), kEndToken));
  return *found;
}

}  // namespace

ClipModel::ClipModel(const ClipFiles& files, c10::Device device)
    : ClipModel(files, open_clip_weights(files), device) {}

ClipModel::ClipModel(const ClipFiles& files, const ClipWeights& weights, c10::Device device)
    : settings_(files.settings),
      tokenizer_(load_tokenizer(files.tokenizer)),
      end_token_(end_token_of(*tokenizer_, files)),
      text_(std::make_shared<Clip>(settings_.text, *weights.text, at::kFloat, device)),
      vision_(settings_.vision, *weights.vision, at::kFloat, device),
      text_projection_(weights.text_projection.to(device)),
      visual_projection_(weights.visual_projection.to(device)),
      logit_scale_(weights.logit_scale),
      half_(files.open_clip ? HalfPixel::to_even : HalfPixel::down),
      device_(device) {}

Tensor ClipModel::preprocess(const Image& image) const {
  const std::int64_t side = settings_.vision.image;
  const auto [shorter, longer] = std::minmax({image.width, image.height});
  if (longer > kLongest * shorter)
    throw UserError(fmt::format("a picture of {} x {} pixels is too long to be judged", image.width,
                                image.height));
  const auto scaled = [&](std::int64_t length) { return length * side / shorter; };
  const Image cut =
      crop_centre(resize_bicubic(image, scaled(image.width), scaled(image.height)), side, half_);
  const Tensor bytes = at::tensor(at::ArrayRef<std::uint8_t>(cut.rgb), at::kByte);
  const Tensor pixels = bytes.view({side, side, 3}).permute({2, 0, 1}).to(at::kFloat) / 255;
  const auto channels = [](const std::array<double, 3>& values) {
    return at::tensor(at::ArrayRef<double>(values.data(), values.size()))
        .to(at::kFloat)
        .view({3, 1, 1});
  };
  return ((pixels - channels(settings_.mean)) / channels(settings_.deviation)).contiguous();
}

TokenBatch ClipModel::tokenize(std::span<const std::string> texts) const {
  std::vector<std::int64_t> ids, offsets = {0};
  const auto context = static_cast<std::size_t>(settings_.text.context);
  for (const std::string& text : texts) {
    std::vector<Token> tokens = tokenizer_->encode_as_text(text, true);
    if (tokens.size() > context) tokens.resize(context);
    tokens.back().id = end_token_;
    for (const Token& token : tokens) ids.push_back(token.id);
    offsets.push_back(std::ssize(ids));
  }
  return {.ids = at::tensor(ids, at::kLong), .offsets = at::tensor(offsets, at::kLong)};
}

Tensor ClipModel::embed_images(const Tensor& pixels) const {
  return unit_vectors(at::matmul(vision_.forward(pixels.to(device_)), visual_projection_.t()));
}

Tensor ClipModel::embed_texts(const TokenBatch& texts) const {
  const std::vector<std::int64_t> last_layer = {settings_.text.depth};
  const Tensor states = text_->encode_packed(texts, last_layer)[0];  // (S,D)
  const Tensor ends = texts.offsets.slice(0, 1) - 1;                 // the end tokens
  return unit_vectors(at::matmul(states.index_select(0, ends.to(device_)), text_projection_.t()));
}

}  // namespace lidit
