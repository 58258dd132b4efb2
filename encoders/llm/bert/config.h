// Sizes and settings of the BERT family (Devlin et al. 2019; MiniLM).
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "encoders/llm/config_reader.h"
#include "encoders/llm/language_model.h"
#include "encoders/llm/named_weights.h"

namespace lidit {

struct BertConfig {
  std::int64_t vocabulary, width, depth, heads, hidden, context, types;
  double norm_epsilon;
};

/// Throws FileError on settings that are missing, contradictory or not computed here.
BertConfig read_bert_config(const ConfigReader& reader);
LanguageModelShape shape_of(const BertConfig& config);
std::vector<ExpectedTensor> expected_tensors(const BertConfig& config);
const TensorNames& tensor_names(const BertConfig& config);

struct BertSize {
  std::string_view name;
  BertConfig config;
};
/// Known sizes, a tiny one for tests first.
std::span<const BertSize> bert_sizes();

}  // namespace lidit
