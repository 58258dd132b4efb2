#include "encoders/text/json_normalizer.h"

#include <fmt/format.h>

#include <utility>

#include "encoders/text/base64.h"
#include "encoders/text/bert_normalizer.h"
#include "encoders/text/character_map.h"
#include "encoders/text/json_pre_tokenizer.h"
#include "encoders/text/replace_normalizer.h"
#include "encoders/text/unicode_normalizers.h"

namespace lidit {
namespace {

using NormalizerPointer = std::unique_ptr<const Normalizer>;

NormalizerPointer read_bert_normalizer(const JsonReader& entry) {
  BertNormalizerOptions options;
  options.clean_text = entry.boolean("clean_text");
  options.handle_chinese_chars = entry.boolean("handle_chinese_chars");
  options.lowercase = entry.boolean("lowercase");
  // null means: as `lowercase`.
  options.strip_accents =
      entry.has("strip_accents") ? entry.boolean("strip_accents") : options.lowercase;
  return std::make_unique<BertNormalizer>(options);
}

NormalizerPointer read_precompiled(const JsonReader& entry) {
  const auto blob = decode_base64(entry.text("precompiled_charsmap"));
  if (!blob) entry.fail("'precompiled_charsmap' is not base64");
  return std::make_unique<Precompiled>(CharacterMap(*blob, entry.where()));
}

NormalizerPointer read_one_normalizer(const JsonReader& entry);

NormalizerPointer read_sequence(const JsonReader& entry) {
  std::vector<NormalizerPointer> parts;
  for (const JsonReader& part : entry.list("normalizers"))
    parts.push_back(read_one_normalizer(part));
  return std::make_unique<NormalizerSequence>(std::move(parts));
}

NormalizerPointer read_one_normalizer(const JsonReader& entry) {
  const std::string type = entry.type();
  if (type == "Sequence") return read_sequence(entry);
  if (type == "NFC") return std::make_unique<UnicodeForm>(false, true);
  if (type == "NFD") return std::make_unique<UnicodeForm>(false, false);
  if (type == "NFKC") return std::make_unique<UnicodeForm>(true, true);
  if (type == "NFKD") return std::make_unique<UnicodeForm>(true, false);
  if (type == "Lowercase") return std::make_unique<Lowercase>();
  if (type == "StripAccents") return std::make_unique<StripAccents>();
  if (type == "Strip")
    return std::make_unique<Strip>(entry.boolean("strip_left"), entry.boolean("strip_right"));
  if (type == "Prepend") return std::make_unique<Prepend>(entry.text("prepend"));
  if (type == "Replace")
    return std::make_unique<Replace>(RegularExpression(read_pattern(entry), entry.where()),
                                     entry.text("content"));
  if (type == "Precompiled") return read_precompiled(entry);
  if (type == "BertNormalizer") return read_bert_normalizer(entry);
  entry.fail(fmt::format(
      "the normalizer {} is not supported; supported are NFC, NFD, NFKC, NFKD, Lowercase, Strip, "
      "StripAccents, Replace, Prepend, Precompiled, BertNormalizer and Sequence",
      type));
}

}  // namespace

std::unique_ptr<const Normalizer> read_normalizer(const JsonReader& file) {
  return file.has("normalizer") ? read_one_normalizer(file.object("normalizer")) : nullptr;
}

}  // namespace lidit
