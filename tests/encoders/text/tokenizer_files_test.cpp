// Broken and unsupported tokenizer files: one sentence each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "encoders/text/tokenizer.h"
#include "encoders/text/tokenizer_json.h"
#include "tests/support/file_error.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const fs::path kTiny = fs::path(LIDIT_GOLDEN_DIR) / "tokenizers";

/// What the reader says of the tiny tokenizer `name` with `value` in place of what is at `place`.
std::string error_with(const char* name, const char* place, const json& value) {
  json file = json::parse(read_bytes(kTiny / (std::string(name) + ".json")));
  file[json::json_pointer(place)] = value;
  return file_error_of([&] { parse_tokenizer_json(file.dump(), "tokenizer.json"); });
}

TEST(TokenizerJson, NamesWhatItDoesNotSupportAndWhatItDoes) {
  EXPECT_THAT(error_with("gpt2", "/model/type", "Unigram"),
              HasSubstr("the model Unigram is not supported; supported are BPE and WordPiece"));
  EXPECT_THAT(error_with("smollm", "/normalizer", {{"type", "NFC"}}),
              HasSubstr("the normalizer NFC is not supported with BPE"));
  EXPECT_THAT(error_with("uncased", "/normalizer/type", "NFKC"),
              HasSubstr("NFKC is not supported with WordPiece; supported is BertNormalizer"));
  EXPECT_THAT(error_with("gpt2", "/pre_tokenizer", {{"type", "Metaspace"}}),
              HasSubstr("Metaspace is not supported at place 1 of 1; supported for BPE are Split"));
  EXPECT_THAT(error_with("uncased", "/pre_tokenizer/type", "Whitespace"),
              HasSubstr("Whitespace is not supported with WordPiece; supported is Bert"));
  EXPECT_THAT(error_with("llama3", "/pre_tokenizer/pretokenizers/0/pattern/Regex", "(a+)+b"),
              AllOf(HasSubstr("the pattern (a+)+b is not supported"), HasSubstr("\\p{N}{1,3}")));
  EXPECT_THAT(error_with("uncased", "/post_processor/type", "BertProcessing"),
              HasSubstr("BertProcessing is not supported; supported are TemplateProcessing"));
}

TEST(TokenizerJson, RefusesSettingsThatWouldChangeIds) {
  EXPECT_THAT(error_with("gpt2", "/pre_tokenizer/add_prefix_space", true),
              HasSubstr("'add_prefix_space' is not supported"));
  EXPECT_THAT(error_with("llama3", "/pre_tokenizer/pretokenizers/0/behavior", "Removed"),
              HasSubstr("'behavior' is \"Removed\"; only \"Isolated\" is supported"));
  EXPECT_THAT(error_with("llama3", "/pre_tokenizer/pretokenizers/0/invert", true),
              HasSubstr("'invert' is true"));
  EXPECT_THAT(error_with("gpt2", "/model/byte_fallback", true), HasSubstr("'byte_fallback'"));
  EXPECT_THAT(error_with("gpt2", "/model/dropout", 0.1), HasSubstr("'dropout' is 0.1"));
  EXPECT_THAT(error_with("gpt2", "/model/end_of_word_suffix", "</w>"),
              HasSubstr("'end_of_word_suffix' is \"</w>\""));
  EXPECT_THAT(error_with("gpt2", "/model/unk_token", "!"), HasSubstr("bytes without a token"));
  EXPECT_THAT(error_with("gpt2", "/added_tokens/0/single_word", true), HasSubstr("'single_word'"));
  EXPECT_THAT(error_with("uncased", "/added_tokens/0/normalized", true),
              HasSubstr("'normalized' is true; only false is supported"));
}

TEST(TokenizerJson, RefusesIdsAndMergesThatCannotBe) {
  EXPECT_THAT(error_with("gpt2", "/model/vocab/!", -1), HasSubstr("no whole number"));
  EXPECT_THAT(error_with("gpt2", "/model/vocab/!", 1.5), HasSubstr("no whole number"));
  EXPECT_THAT(error_with("gpt2", "/model/vocab/!", 2147483648u), HasSubstr("no whole number"));
  EXPECT_THAT(error_with("gpt2", "/model/vocab/!", 7), HasSubstr("two tokens with id 7"));
  EXPECT_THAT(error_with("gpt2", "/added_tokens/0/content", "!"),
              HasSubstr("token '!' has the ids"));
  EXPECT_THAT(error_with("gpt2", "/added_tokens/0/content", "<tool_call>"),
              HasSubstr("'<tool_call>' appears twice"));
  EXPECT_THAT(error_with("gpt2", "/added_tokens/0/content", ""), HasSubstr("is empty"));
  EXPECT_THAT(error_with("gpt2", "/model/merges/0", "a b c"), HasSubstr("merge 0 is no pair"));
  EXPECT_THAT(error_with("gpt2", "/model/merges/0", {"zzz", "b"}),
              HasSubstr("merge 0 needs 'zzzb', which is no ordinary token"));
  EXPECT_THAT(error_with("gpt2", "/model/merges/1",
                         json::parse(read_bytes(kTiny / "gpt2.json"))["model"]["merges"][0]),
              HasSubstr("appears twice"));
  EXPECT_THAT(error_with("uncased", "/model/unk_token", "[NONE]"), HasSubstr("not in the vocab"));
  EXPECT_THAT(error_with("uncased", "/model/max_input_chars_per_word", 100000),
              HasSubstr("at most 1000 are supported"));
  EXPECT_THAT(error_with("uncased", "/post_processor/single/1", json::parse(R"(
                {"Sequence": {"id": "B", "type_id": 0}})")),
              HasSubstr("does not hold the text A once"));
}

// A merge into a special token would let plain text become a control token.
TEST(TokenizerJson, RefusesMergesIntoASpecialToken) {
  json file = json::parse(read_bytes(kTiny / "gpt2.json"));
  const auto& merge = file["model"]["merges"][0];
  const std::string joined = merge[0].get<std::string>() + merge[1].get<std::string>();
  json added = file["added_tokens"][0];
  added["content"] = joined;
  added["id"] = file["model"]["vocab"][joined];
  added["special"] = true;
  file["added_tokens"].push_back(added);
  EXPECT_THAT(file_error_of([&] { parse_tokenizer_json(file.dump(), "tokenizer.json"); }),
              HasSubstr("which is no ordinary token"));
}

TEST(TokenizerJson, RefusesTextThatIsNoTokenizer) {
  for (const char* text : {"", "{", "[]", "{}", "null", "{\"model\":1}", "{\"model\":{}}", "\xFF",
                           "{\"model\":{\"type\":\"BPE\"}}", "{\"a\":1,\"a\":2}"})
    EXPECT_THAT(file_error_of([&] { parse_tokenizer_json(text, "tokenizer.json"); }),
                StartsWith("tokenizer.json"))
        << text;
  const std::string deep(100000, '[');
  EXPECT_THAT(file_error_of([&] { parse_tokenizer_json(deep, "tokenizer.json"); }),
              HasSubstr("nested deeper"));
}

TEST(TokenizerJson, KnowsEveryTokenAndItsBosByName) {
  const std::string text = read_bytes(kTiny / "llama3.json");
  const auto tokenizer = parse_tokenizer_json(text, "x", "<|begin_of_text|>");
  EXPECT_EQ(tokenizer->bos(), tokenizer->find("<|begin_of_text|>"));
  EXPECT_TRUE(tokenizer->find("\u0120circle").has_value());
  EXPECT_EQ(tokenizer->find("no such token"), std::nullopt);
  EXPECT_EQ(tokenizer->vocabulary_size(), 421);
  EXPECT_EQ(parse_tokenizer_json(text, "x")->bos(), std::nullopt);
  EXPECT_THAT(file_error_of([&] { parse_tokenizer_json(text, "x", "<s>"); }),
              HasSubstr("the BOS token '<s>' is not in the vocabulary"));
}

struct GgufTokenizer {
  std::string model = "gpt2", pre = "gpt-2";
  std::vector<std::string> tokens{"<s>", "a", "b", "ab"};
  std::vector<std::int32_t> types{3, 1, 1, 1};
  std::vector<std::string> merges{"a b"};
  std::uint32_t bos = 0;

  std::string error() const {
    const TemporaryFolder folder;
    GgufBuilder file(0, 6);
    file.value("tokenizer.ggml.model", model).value("tokenizer.ggml.pre", pre);
    file.value("tokenizer.ggml.tokens", tokens).value("tokenizer.ggml.token_type", types);
    file.value("tokenizer.ggml.merges", merges).value("tokenizer.ggml.bos_token_id", bos);
    const fs::path path = folder.write("x.gguf", file.str());
    return file_error_of([&] { load_tokenizer(path); });
  }
};

TEST(GgufTokenizer, NamesWhatItDoesNotSupportAndWhatItDoes) {
  EXPECT_EQ(GgufTokenizer().error(), "(no error)");
  EXPECT_THAT(GgufTokenizer{.model = "llama"}.error(),
              HasSubstr("tokenizer model 'llama' is not supported; supported is gpt2"));
  EXPECT_THAT(GgufTokenizer{.pre = "default"}.error(),
              HasSubstr("pre-tokenizer 'default' is not supported; supported are gpt-2, smollm, "
                        "llama-bpe"));
}

TEST(GgufTokenizer, RefusesTokensAndMergesThatCannotBe) {
  using G = GgufTokenizer;
  EXPECT_THAT((G{.types = {3, 1, 1}}.error()), HasSubstr("4 tokens but 3 token types"));
  EXPECT_THAT((G{.types = {3, 1, 1, 6}}.error()), HasSubstr("token 3 is of type 6"));
  EXPECT_THAT((G{.tokens = {"<s>", "a", "b", "a"}}.error()), HasSubstr("'a' appears twice"));
  EXPECT_THAT((G{.tokens = {"<s>", "a", "b", ""}}.error()), HasSubstr("token 3 is empty"));
  EXPECT_THAT((G{.merges = {"ab"}}.error()), HasSubstr("merge 0 ('ab') is no pair"));
  EXPECT_THAT((G{.merges = {"a c"}}.error()), HasSubstr("needs 'ac'"));
  EXPECT_THAT((G{.types = {3, 1, 1, 3}}.error()), HasSubstr("needs 'ab', which is no ordinary"));
  EXPECT_THAT((G{.bos = 4}.error()),
              HasSubstr("bos_token_id' is 4, which is none of the 4 tokens"));
}

TEST(LoadTokenizer, FindsTheTokenizerOfAFolderAndItsBos) {
  const TemporaryFolder folder;
  const auto error = [&] { return file_error_of([&] { load_tokenizer(folder.path()); }); };
  EXPECT_THAT(error(), HasSubstr("holds no tokenizer.json and 0 GGUF files"));
  folder.write("a.gguf", read_bytes(kTiny / "smollm.gguf"));
  EXPECT_EQ(error(), "(no error)");
  folder.write("b.gguf", read_bytes(kTiny / "smollm.gguf"));
  EXPECT_THAT(error(), HasSubstr("2 GGUF files"));
  folder.write("tokenizer.json", read_bytes(kTiny / "llama3.json"));
  EXPECT_EQ(load_tokenizer(folder.path())->bos(), std::nullopt);
  folder.write("tokenizer_config.json", R"({"bos_token": {"content": "<|begin_of_text|>"}})");
  EXPECT_TRUE(load_tokenizer(folder.path())->bos().has_value());
  folder.write("tokenizer_config.json", R"({"bos_token": null})");
  EXPECT_EQ(load_tokenizer(folder.path())->bos(), std::nullopt);
  folder.write("tokenizer_config.json", R"({"bos_token": 3})");
  EXPECT_THAT(error(), HasSubstr("'bos_token' is not a string"));
}

}  // namespace
}  // namespace lidit
