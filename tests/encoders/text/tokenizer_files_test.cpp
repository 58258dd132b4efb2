// Broken and unsupported tokenizer files: one sentence each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "encoders/text/tokenizer.h"
#include "encoders/text/tokenizer_json.h"
#include "tests/support/file_error.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/gzip.h"
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
  EXPECT_THAT(error_with("gpt2", "/model/type", "WordLevel"),
              HasSubstr("the model WordLevel is not supported; supported are BPE, Unigram and"));
  EXPECT_THAT(error_with("smollm", "/normalizer", {{"type", "Nmt"}}),
              HasSubstr("the normalizer Nmt is not supported; supported are NFC"));
  EXPECT_THAT(error_with("gpt2", "/pre_tokenizer", {{"type", "UnicodeScripts"}}),
              HasSubstr("UnicodeScripts is not supported; supported are Split, ByteLevel"));
  EXPECT_THAT(
      error_with("gpt2", "/pre_tokenizer", json::parse(R"({"type": "Sequence", "pretokenizers": [
                           {"type": "ByteLevel", "add_prefix_space": false}, {"type": "Whitespace"}]})")),
      HasSubstr("stands behind ByteLevel"));
  EXPECT_THAT(
      error_with("uncased", "/pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}}),
      HasSubstr("ByteLevel with WordPiece is not supported"));
  EXPECT_THAT(error_with("uncased", "/post_processor/type", "Other"),
              HasSubstr("Other is not supported; supported are TemplateProcessing"));
}

// What the two engines read differently, or what does not compile, is said, not guessed.
TEST(TokenizerJson, RefusesPatternsThatItCannotReadAsTheReferenceDoes) {
  const auto error = [](const char* pattern) {
    return error_with("llama3", "/pre_tokenizer/pretokenizers/0/pattern/Regex", pattern);
  };
  EXPECT_THAT(error("[a&&b]"), HasSubstr("an intersection of classes, which is not supported"));
  EXPECT_THAT(error("\\h+"), HasSubstr("has \\h"));
  EXPECT_THAT(error("(*ACCEPT)a"), HasSubstr("has (*A"));
  EXPECT_THAT(error("(a"), HasSubstr("does not compile"));
  EXPECT_THAT(error(""), HasSubstr("1 to 10000 bytes"));
  EXPECT_EQ(error("(a+)+b"), "(no error)");
}

TEST(TokenizerJson, GivesUpOnAPatternThatBacktracksWithoutEnd) {
  json file = json::parse(read_bytes(kTiny / "llama3.json"));
  file["/pre_tokenizer/pretokenizers/0/pattern/Regex"_json_pointer] = "(x+x+)+y";
  const auto tokenizer = parse_tokenizer_json(file.dump(), "tokenizer.json");
  EXPECT_THROW(tokenizer->encode(std::string(64, 'x') + "!y", false), UserError);
}

TEST(TokenizerJson, RefusesSettingsThatWouldChangeIds) {
  EXPECT_THAT(error_with("gpt2", "/pre_tokenizer/add_prefix_space", true),
              HasSubstr("'add_prefix_space' is not supported"));
  EXPECT_THAT(error_with("llama3", "/pre_tokenizer/pretokenizers/0/behavior", "Merged"),
              HasSubstr("'behavior' is Merged; known are Isolated"));
  EXPECT_THAT(error_with("gpt2", "/model/byte_fallback", true), HasSubstr("'byte_fallback'"));
  EXPECT_THAT(error_with("gpt2", "/model/dropout", 0.1), HasSubstr("'dropout' is 0.1"));
  EXPECT_THAT(error_with("gpt2", "/model/continuing_subword_prefix", "##"),
              HasSubstr("'continuing_subword_prefix' is \"##\""));
  EXPECT_THAT(error_with("gpt2", "/model/unk_token", "!"), HasSubstr("bytes without a token"));
  EXPECT_THAT(error_with("gpt2", "/added_tokens/0/single_word", true), HasSubstr("'single_word'"));
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

TEST(TokenizerJson, RefusesPostProcessorsWithIdsThatNoTokenHas) {
  EXPECT_THAT(error_with("uncased", "/post_processor/special_tokens/[SEP]/ids/0", 100000),
              HasSubstr("its post-processor puts the token 100000 around a text"));
  EXPECT_THAT(
      error_with("uncased", "/post_processor",
                 {{"type", "BertProcessing"}, {"sep", {"[SEP]", 3}}, {"cls", {"[CLS]", 77777}}}),
      HasSubstr("its post-processor puts the token 77777 around a text"));
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
  EXPECT_THAT(GgufTokenizer{.model = "rwkv"}.error(),
              HasSubstr("tokenizer model 'rwkv' is not supported; supported are gpt2"));
  EXPECT_THAT(GgufTokenizer{.pre = "default"}.error(),
              HasSubstr("pre-tokenizer 'default' is not supported; supported are gpt-2, "));
}

TEST(GgufTokenizer, RefusesTokensAndMergesThatCannotBe) {
  using G = GgufTokenizer;
  EXPECT_THAT((G{.types = {3, 1, 1}}.error()), HasSubstr("4 tokens but 3 token types"));
  EXPECT_THAT((G{.types = {3, 1, 1, 6}}.error()), HasSubstr("token 3 is of type 6"));
  EXPECT_THAT((G{.types = {3, 1, 1, 7}}.error()), HasSubstr("token 3 is of the unknown type 7"));
  EXPECT_THAT((G{.tokens = {"<s>", "a", "b", "a"}}.error()), HasSubstr("'a' appears twice"));
  EXPECT_THAT((G{.tokens = {"<s>", "a", "b", ""}}.error()), HasSubstr("token 3 is empty"));
  EXPECT_THAT((G{.merges = {"ab"}}.error()), HasSubstr("merge 0 ('ab') is no pair"));
  EXPECT_THAT((G{.merges = {"a c"}}.error()), HasSubstr("needs 'ac'"));
  EXPECT_THAT((G{.types = {3, 1, 1, 3}}.error()), HasSubstr("needs 'ab', which is no ordinary"));
  EXPECT_THAT((G{.bos = 4}.error()),
              HasSubstr("bos_token_id' is 4, which is none of the 4 tokens"));
}

TEST(Tiktoken, IsReadOnlyWithTheNameOfItsEncoding) {
  const auto error = [](const fs::path& file, const char* encoding) {
    try {
      load_tokenizer(file, encoding);
    } catch (const UserError& mistake) {
      return std::string(mistake.what());
    }
    return std::string("(no error)");
  };
  EXPECT_THAT(error(kTiny / "tiny.tiktoken", ""),
              HasSubstr("name its encoding: r50k_base, p50k_base, cl100k_base"));
  EXPECT_THAT(error(kTiny / "tiny.tiktoken", "cl50k"), HasSubstr("has no encoding 'cl50k'"));
  EXPECT_EQ(error(kTiny / "tiny.tiktoken", "cl100k_base"), "(no error)");
  EXPECT_THAT(error(kTiny / "llama3.json", "cl100k_base"), HasSubstr("is no tiktoken file"));
}

TEST(Tiktoken, RefusesLinesThatCannotBe) {
  const std::string whole = read_bytes(kTiny / "tiny.tiktoken");
  const TemporaryFolder folder;
  const auto error = [&](const std::string& text) {
    const fs::path path = folder.write("x.tiktoken", text);
    return file_error_of([&] { load_tokenizer(path, "r50k_base"); });
  };
  EXPECT_THAT(error(whole + "QQ== x\n"), HasSubstr("is no token in base64 with its rank"));
  EXPECT_THAT(error(whole + "Q?== 9999\n"), HasSubstr("is no token in base64 with its rank"));
  EXPECT_THAT(error(whole + "QQ== 9999\n"), HasSubstr("for the second time"));
  EXPECT_THAT(error(whole + "enp6enp6 7\n"), HasSubstr("for the second time"));
  EXPECT_THAT(error(whole + "enp6enp6 50256\n"), HasSubstr("does not fit the encoding r50k_base"));
  EXPECT_THAT(error(whole + std::string(1368, 'A') + " 9999\n"),
              HasSubstr("has a token of 1026 bytes; at most 1024 are supported"));
  EXPECT_THAT(error(whole.substr(0, whole.find('\n') + 1)), HasSubstr("has no token for the byte"));
}

TEST(SentencePiece, RefusesFilesThatAreCutOffAnywhere) {
  const std::string whole = read_bytes(kTiny / "unigram.model");
  const TemporaryFolder folder;
  int refused = 0;
  for (std::size_t size = 4; size < whole.size(); size += 13) {
    const fs::path path = folder.write("x.model", whole.substr(0, size));
    const std::string error = file_error_of([&] { load_tokenizer(path); });
    EXPECT_THAT(error, testing::AnyOf(HasSubstr("x.model"), "(no error)")) << size;
    refused += error != "(no error)";
  }
  EXPECT_GT(refused, 300);
}

TEST(ClipVocabulary, RefusesBrokenFilesAndBombs) {
  const std::string whole = read_bytes(kTiny / "clip.txt.gz");
  const TemporaryFolder folder;
  const auto error = [&](const std::string& bytes) {
    const fs::path path = folder.write("x.txt.gz", bytes);
    return file_error_of([&] { load_tokenizer(path); });
  };
  EXPECT_EQ(error(whole), "(no error)");
  EXPECT_THAT(error(whole.substr(0, 100)), HasSubstr("broken or cut off gzip file"));
  EXPECT_THAT(error(whole + "x"), HasSubstr("1 bytes behind its end"));
  EXPECT_THAT(error(gzip_of(std::string(std::size_t{17} << 20, '\n'))),
              HasSubstr("unpacks to more"));
  EXPECT_THAT(error(gzip_of("a b\n")), HasSubstr("a line of its version"));
  EXPECT_THAT(error(gzip_of("#version\na b c\n")), HasSubstr("line 2 is no pair"));
  EXPECT_THAT(error(gzip_of("#version\na b\na b\n")), HasSubstr("line 3 makes a token twice"));
  EXPECT_THAT(error(gzip_of("#version\nab c\n")), HasSubstr("merge 0 needs 'ab'"));
  std::string special = "#version\n";  // spelt letter by letter
  for (std::string left = "<"; const char c : std::string("|endoftext|>")) {
    special += left + ' ' + c + '\n';
    left += c;
  }
  EXPECT_THAT(error(gzip_of(special)), HasSubstr("the special token <|endoftext|> among its"));
}

TEST(LoadTokenizer, FindsTheTokenizerOfAFolderAndItsBos) {
  const TemporaryFolder folder;
  const auto error = [&] { return file_error_of([&] { load_tokenizer(folder.path()); }); };
  EXPECT_THAT(error(), HasSubstr("spiece.model and 0 GGUF files"));
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
