// Features of prompts as a safetensors file: what `lidit encode` writes and the store is made of.
#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "encoders/features.h"
#include "encoders/weights/weight_file.h"

namespace lidit {

/// Features with what identifies them.
struct FeatureFile {
  EncoderFeatures features;
  Tensor token_ids;         // (S) int64
  Tensor prefix_token_ids;  // (P) int64
  Tensor prompt_sha256;     // (N,32) uint8, of the prompts' UTF-8 bytes
};

/// Tensors: `features` (T,D), or (K,T,D) when several layers are kept, with T the packed tokens of
/// all prompts; `offsets` (N+1), `token_ids` (T), `spans` (T,2) bytes of the prompt,
/// `caption_begin` (N), `prompt_sha256` (N,32), `prefix` (P,D) or (K,P,D), `prefix_token_ids` (P);
/// and `pools_last_row` (1), which is 1, where a prompt's last row stands for its text.
/// Written beside and renamed; throws MachineError when the disk is full.
void write_feature_file(const std::filesystem::path& path, const FeatureFile& file,
                        const std::map<std::string, std::string>& metadata = {});

/// Views into a mapped feature file: nothing is copied.
struct FeatureFileView {
  std::shared_ptr<const WeightFile> file;
  FeatureFile tensors;  // their memory belongs to `file`
};
/// `features`, `offsets` and `prompt_sha256` must be there. Without the others a file has no
/// prefix, every row belongs to the caption, ids are -1 and spans are empty. Throws FileError when
/// a tensor is missing, of another type or shape, or when offsets, spans or caption_begin point out
/// of their range.
FeatureFileView open_feature_file(const std::filesystem::path& path);

}  // namespace lidit
