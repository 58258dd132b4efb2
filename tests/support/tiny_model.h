// The golden files' tiny language models as whole model folders, with tokenizers of single letters.
#pragma once
#include <filesystem>
#include <string>

#include "tests/support/temporary_folder.h"

namespace lidit {

/// {"<s>": 0, "\u0120" (a space): 1, "!": 2, ..., "~": 95}: one token a character of ASCII.
inline std::string ascii_vocabulary() {
  std::string vocabulary = R"({"<s>": 0, "\u0120": 1)";
  for (char letter = '!'; letter <= '~'; ++letter) {
    const std::string escape = letter == '"' || letter == '\\' ? "\\" : "";
    vocabulary += ", \"" + escape + letter + "\": " + std::to_string(letter - '!' + 2);
  }
  return vocabulary + "}";
}

/// {"[PAD]": 0, ..., "[SEP]": 3, "a": 4, ..., "z": 29, "##a": 30, ..., "##z": 55}.
inline std::string letter_pieces() {
  std::string vocabulary = R"({"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3)";
  for (const std::string prefix : {"", "##"})
    for (char letter = 'a'; letter <= 'z'; ++letter)
      vocabulary += ", \"" + prefix + letter +
                    "\": " + std::to_string(letter - 'a' + (prefix.empty() ? 4 : 30));
  return vocabulary + "}";
}

inline std::string added_token(int id, const std::string& content) {
  return R"({"id": )" + std::to_string(id) + R"(, "content": ")" + content +
         R"(", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,)" +
         R"( "special": true})";
}

/// Copies the weights of tests/golden/llm/`name` into `folder`/`name`, with a context of 512 tokens
/// where its positions have no weights. Returns the new folder.
inline std::filesystem::path copy_tiny_model(const TemporaryFolder& folder,
                                             const std::string& name) {
  const std::filesystem::path from = std::filesystem::path(LIDIT_GOLDEN_DIR) / "llm" / name;
  const std::filesystem::path to = folder.path() / name;
  std::filesystem::create_directories(to);
  std::filesystem::copy_file(from / "model.safetensors", to / "model.safetensors");
  std::string config = read_bytes(from / "config.json");
  for (const std::string context : {"\"max_position_embeddings\": ", "\"n_positions\": "}) {
    const std::size_t found = config.find(context);
    if ((name == "tiny-llama" || name == "tiny-t5") && found != std::string::npos)
      config.replace(found + context.size(), 2, "512");
  }
  folder.write(name + "/config.json", config);
  return to;
}

/// One token a character, nothing around.
inline std::string ascii_tokenizer() {
  return R"({"version": "1.0", "added_tokens": [)" + added_token(0, "<s>") +
         R"(], "normalizer": null, "pre_tokenizer": {"type": "ByteLevel",
            "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
            "post_processor": null, "decoder": null,
            "model": {"type": "BPE", "merges": [], "vocab": )" +
         ascii_vocabulary() + "}}";
}

/// A causal model of width 32 with 3 blocks, one token a character.
inline std::filesystem::path write_tiny_llama(const TemporaryFolder& folder) {
  const std::filesystem::path model = copy_tiny_model(folder, "tiny-llama");
  folder.write("tiny-llama/tokenizer_config.json", R"({"bos_token": "<s>"})");
  folder.write("tiny-llama/tokenizer.json", ascii_tokenizer());
  return model;
}

/// A bidirectional model of width 24 with 3 blocks, one token a character, positions relative.
inline std::filesystem::path write_tiny_t5(const TemporaryFolder& folder) {
  const std::filesystem::path model = copy_tiny_model(folder, "tiny-t5");
  folder.write("tiny-t5/tokenizer.json", ascii_tokenizer());
  return model;
}

/// A bidirectional model of width 32 with 3 blocks, one token a letter, [CLS] and [SEP] around.
inline std::filesystem::path write_tiny_bert(const TemporaryFolder& folder) {
  const std::filesystem::path model = copy_tiny_model(folder, "tiny-bert");
  const std::string special = added_token(0, "[PAD]") + ", " + added_token(1, "[UNK]") + ", " +
                              added_token(2, "[CLS]") + ", " + added_token(3, "[SEP]");
  folder.write("tiny-bert/tokenizer.json",
               R"({"version": "1.0", "added_tokens": [)" + special +
                   R"(], "normalizer": {"type": "BertNormalizer", "clean_text": true,
                   "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
                   "pre_tokenizer": {"type": "BertPreTokenizer"},
                   "post_processor": {"type": "TemplateProcessing", "single": [
                   {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                   {"Sequence": {"id": "A", "type_id": 0}},
                   {"SpecialToken": {"id": "[SEP]", "type_id": 0}}], "pair": [],
                   "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                   "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
                   "decoder": null, "model": {"type": "WordPiece", "unk_token": "[UNK]",
                   "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
                   "vocab": )" +
                   letter_pieces() + "}}");
  return model;
}

}  // namespace lidit
