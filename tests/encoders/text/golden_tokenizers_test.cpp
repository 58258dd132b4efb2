// Ids and spans against the reference implementation: golden/tokenizers/make_golden.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "encoders/text/tokenizer.h"
#include "tests/encoders/text/id_hash.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_model.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;
using Ids = std::vector<std::int32_t>;

const fs::path kGolden = fs::path(LIDIT_GOLDEN_DIR) / "tokenizers";

nlohmann::json golden(const char* name) {
  return nlohmann::json::parse(read_bytes(kGolden / name));
}

Ids ids_of(const std::vector<Token>& tokens) {
  Ids ids;
  for (const Token& token : tokens) ids.push_back(token.id);
  return ids;
}

Ids spans_of(const std::vector<Token>& tokens) {
  Ids spans;
  for (const Token& token : tokens) spans.insert(spans.end(), {token.begin, token.end});
  return spans;
}

class TinyTokenizers : public testing::Test {
 protected:
  template <class Encode>
  void expect_equal(const std::string& key, Encode encode) {
    const auto& wanted = expected_.at(key);
    ASSERT_GT(wanted.size(), 0u);
    for (std::size_t i = 0; i < wanted.size(); ++i)
      EXPECT_EQ(encode(texts_[i]), wanted[i].get<Ids>())
          << key << ": " << testing::PrintToString(texts_[i]);
  }

  std::vector<std::string> texts_ = golden("texts.json").get<std::vector<std::string>>();
  nlohmann::json expected_ = golden("expected.json");
};

TEST_F(TinyTokenizers, GiveTheIdsOfTheReference) {
  for (const std::string name : {"gpt2", "smollm", "llama3", "uncased", "cased"}) {
    const auto tokenizer = load_tokenizer(kGolden / (name + ".json"));
    expect_equal(name, [&](const auto& text) { return ids_of(tokenizer->encode(text, false)); });
  }
}

TEST_F(TinyTokenizers, AddSpecialTokensAsTheReference) {
  for (const std::string name : {"llama3", "uncased"}) {
    const auto tokenizer = load_tokenizer(kGolden / (name + ".json"));
    expect_equal(name + "+special",
                 [&](const auto& text) { return ids_of(tokenizer->encode(text, true)); });
  }
}

TEST_F(TinyTokenizers, TakeSpecialTokensInTheTextAsTextWhereAsked) {
  for (const std::string name : {"gpt2", "smollm", "llama3", "uncased", "cased"}) {
    const auto tokenizer = load_tokenizer(kGolden / (name + ".json"));
    expect_equal(name + ":as_text",
                 [&](const auto& text) { return ids_of(tokenizer->encode_as_text(text, false)); });
  }
}

TEST_F(TinyTokenizers, GiveWordPiecesTheBytesOfTheReference) {
  for (const std::string name : {"uncased", "cased"}) {
    const auto tokenizer = load_tokenizer(kGolden / (name + ".json"));
    expect_equal(name + ":spans",
                 [&](const auto& text) { return spans_of(tokenizer->encode(text, false)); });
  }
}

TEST_F(TinyTokenizers, AreTheSameFromGgufAndFromJson) {
  const auto json = load_tokenizer(kGolden / "smollm.json");
  const auto gguf = load_tokenizer(kGolden / "smollm.gguf");
  EXPECT_EQ(json->vocabulary_size(), gguf->vocabulary_size());
  for (const std::string& text : texts_) {
    if (text.find("<mask>") != text.npos) continue;  // GGUF has no stripping of white space
    const auto a = json->encode(text, false), b = gguf->encode(text, false);
    EXPECT_EQ(ids_of(a), ids_of(b)) << text;
    EXPECT_EQ(spans_of(a), spans_of(b)) << text;
  }
}

TEST_F(TinyTokenizers, CoverEveryByteOfTheTextInOrderWithByteLevelBpe) {
  const auto tokenizer = load_tokenizer(kGolden / "llama3.json");
  for (const std::string& text : texts_) {
    std::int32_t position = 0;
    for (const Token& token : tokenizer->encode(text, false)) {
      EXPECT_EQ(token.begin, position) << text;
      position = token.end;
    }
    EXPECT_EQ(position, static_cast<std::int32_t>(text.size())) << text;
  }
}

TEST_F(TinyTokenizers, OfEveryKindOfFileGiveTheIdsOfThePublishedImplementation) {
  const auto hashes = golden("hashes.json");
  EXPECT_EQ(hashes.size(), 7u);
  for (const auto& [file, expected] : hashes.items()) {
    const bool is_tiktoken = file == "tiny.tiktoken";
    const auto tokenizer = load_tokenizer(kGolden / file, is_tiktoken ? "cl100k_base" : "");
    EXPECT_EQ(testing_support::hash_of_ids(*tokenizer, texts_, true), expected) << file;
  }
}

TEST_F(TinyTokenizers, OfEveryKindOfFileGiveSpansWithinTheTextInOrder) {
  const auto hashes = golden("hashes.json");
  for (const auto& [file, expected] : hashes.items()) {
    const auto tokenizer =
        load_tokenizer(kGolden / file, file == "tiny.tiktoken" ? "cl100k_base" : "");
    for (const std::string& text : texts_) {
      std::int32_t last = 0;
      for (const Token& token : tokenizer->encode(text, true)) {
        EXPECT_GE(token.end, token.begin) << file << ": " << text;
        EXPECT_LE(token.end, static_cast<std::int32_t>(text.size())) << file << ": " << text;
        EXPECT_TRUE(token.begin >= last || !file.ends_with(".model")) << file << ": " << text;
        last = token.begin;
      }
    }
  }
}

class PartiPrompts : public testing::TestWithParam<const char*> {};

TEST_P(PartiPrompts, HaveTheIdsOfThePublishedTokenizer) {
  const auto folder = fetched_model(GetParam());
  if (!folder) GTEST_SKIP() << GetParam() << " has not been fetched.";
  const auto tokenizer = load_tokenizer(*folder);
  std::ifstream prompts(fs::path(LIDIT_SOURCE_DIR) /
                        "metrics/prompts/partiprompts/PartiPrompts.tsv");
  std::ifstream expected(kGolden / ("partiprompts." + std::string(GetParam()) + ".txt"));
  std::string line, ids;
  std::getline(prompts, line);  // the header
  int count = 0;
  for (; std::getline(prompts, line) && std::getline(expected, ids); ++count) {
    const std::string prompt = line.substr(0, line.find('\t'));
    ASSERT_EQ(nlohmann::json(ids_of(tokenizer->encode(prompt, true))).dump(), ids) << prompt;
  }
  EXPECT_EQ(count, 1632);
}

INSTANTIATE_TEST_SUITE_P(Models, PartiPrompts,
                         testing::Values("smollm2-135m-instruct", "all-minilm-l6-v2"),
                         [](const auto& model) {
                           std::string name = model.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace lidit
