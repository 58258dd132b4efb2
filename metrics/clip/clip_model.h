// CLIP as a judge: images and texts as unit vectors of one space.
#pragma once
#include <c10/core/Device.h>

#include <memory>
#include <span>
#include <string>

#include "encoders/text/tokenizer.h"
#include "metrics/clip/clip_files.h"
#include "metrics/clip/resize.h"
#include "results/png.h"

namespace lidit {

class ClipModel {
 public:
  /// fp32. FileError for weights or a tokenizer that do not fit the settings.
  ClipModel(const ClipFiles& files, c10::Device device);

  /// What the vision tower is given: the shorter side resized to the model's (bicubic, as Pillow
  /// does), its centre cut out, normalised. (3,S,S). UserError for a picture more than 64 times as
  /// long as it is wide.
  Tensor preprocess(const Image& image) const;
  /// Texts as packed ids with the begin and end tokens; longer ones are cut to the context and
  /// keep the end token.
  TokenBatch tokenize(std::span<const std::string> texts) const;

  /// (N,3,S,S) -> (N,P), of length 1.
  Tensor embed_images(const Tensor& pixels) const;
  /// N texts -> (N,P), of length 1.
  Tensor embed_texts(const TokenBatch& texts) const;
  double logit_scale() const { return logit_scale_; }

 private:
  ClipSettings settings_;
  std::shared_ptr<const Tokenizer> tokenizer_;
  std::int32_t end_token_;
  std::shared_ptr<const LanguageModel> text_;
  ClipVisionTower vision_;
  Tensor text_projection_, visual_projection_;  // (P,D)
  double logit_scale_;
  HalfPixel half_;  // of the crop
  c10::Device device_;

  ClipModel(const ClipFiles& files, const ClipWeights& weights, c10::Device device);
};

}  // namespace lidit
