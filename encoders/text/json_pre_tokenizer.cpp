#include "encoders/text/json_pre_tokenizer.h"

#include <fmt/format.h>

#include <utility>

#include "encoders/text/pre_tokenizer.h"
#include "encoders/text/reference_categories.h"
#include "encoders/text/utf8.h"
#include "encoders/text/word_piece.h"

namespace lidit {
namespace {

SplitBehavior read_behavior(const JsonReader& entry) {
  const std::string name = entry.text("behavior");
  if (name == "Isolated") return SplitBehavior::isolated;
  if (name == "Removed") return SplitBehavior::removed;
  if (name == "MergedWithPrevious") return SplitBehavior::merged_with_previous;
  if (name == "MergedWithNext") return SplitBehavior::merged_with_next;
  if (name == "Contiguous") return SplitBehavior::contiguous;
  entry.fail(fmt::format(
      "'behavior' is {}; known are Isolated, Removed, MergedWithPrevious, MergedWithNext and "
      "Contiguous",
      name));
}

Metaspace read_metaspace(const JsonReader& entry) {
  Metaspace metaspace;
  metaspace.replacement = entry.text("replacement");
  if (metaspace.replacement.empty() ||
      code_point_at(metaspace.replacement, 0).size != metaspace.replacement.size())
    entry.fail("'replacement' is not one character");
  metaspace.split = !entry.has("split") || entry.boolean("split");
  if (!entry.has("prepend_scheme")) {  // files before tokenizers 0.15
    const bool adds = !entry.has("add_prefix_space") || entry.boolean("add_prefix_space");
    metaspace.prepend = adds ? Metaspace::Prepend::always : Metaspace::Prepend::never;
    return metaspace;
  }
  const std::string scheme = entry.text("prepend_scheme");
  if (scheme == "always") {
    metaspace.prepend = Metaspace::Prepend::always;
  } else if (scheme == "first") {
    metaspace.prepend = Metaspace::Prepend::first;
  } else if (scheme == "never") {
    metaspace.prepend = Metaspace::Prepend::never;
  } else {
    entry.fail(fmt::format("'prepend_scheme' is {}; known are always, first and never", scheme));
  }
  return metaspace;
}

class StageReader {
 public:
  void read(const JsonReader& entry) {
    if (result.byte_level) entry.fail("stands behind ByteLevel, which is not supported");
    const std::string type = entry.type();
    const auto add = [&](std::string_view pattern, SplitBehavior behavior, bool invert = false) {
      result.stages.emplace_back(SplitPattern(pattern, entry.where(), behavior, invert));
    };
    if (type == "Sequence") {
      for (const JsonReader& part : entry.list("pretokenizers")) read(part);
    } else if (type == "ByteLevel") {
      read_byte_level(entry);
    } else if (type == "Split") {
      add(read_pattern(entry), read_behavior(entry),
          entry.has("invert") && entry.boolean("invert"));
    } else if (type == "Digits") {
      add("\\p{N}",
          entry.boolean("individual_digits") ? SplitBehavior::isolated : SplitBehavior::contiguous);
    } else if (type == "Whitespace") {
      add("\\w+|[^\\w\\s]+", SplitBehavior::removed, true);
    } else if (type == "WhitespaceSplit") {
      add("\\s", SplitBehavior::removed);
    } else if (type == "Punctuation") {
      add(reference_punctuation_pattern(),
          entry.has("behavior") ? read_behavior(entry) : SplitBehavior::isolated);
    } else if (type == "BertPreTokenizer") {
      for (auto& stage : bert_words()) result.stages.push_back(std::move(stage));
    } else if (type == "Metaspace") {
      result.stages.emplace_back(read_metaspace(entry));
    } else {
      entry.fail(fmt::format(
          "the pre-tokenizer {} is not supported; supported are Split, ByteLevel, Metaspace, "
          "Digits, Whitespace, WhitespaceSplit, Punctuation, BertPreTokenizer and Sequence",
          type));
    }
  }

  JsonPreTokenizer result;

 private:
  void read_byte_level(const JsonReader& entry) {
    if (entry.boolean("add_prefix_space")) entry.fail("'add_prefix_space' is not supported");
    if (!entry.has("use_regex") || entry.boolean("use_regex"))
      result.stages.emplace_back(SplitPattern(text_of(KnownPattern::gpt2), entry.where()));
    result.byte_level = true;
  }
};

}  // namespace

std::string read_pattern(const JsonReader& entry) {
  const JsonReader pattern = entry.object("pattern");
  return pattern.has("String") ? escape_pattern(pattern.text("String")) : pattern.text("Regex");
}

JsonPreTokenizer read_pre_tokenizer(const JsonReader& file) {
  StageReader reader;
  if (file.has("pre_tokenizer")) reader.read(file.object("pre_tokenizer"));
  return std::move(reader.result);
}

}  // namespace lidit
