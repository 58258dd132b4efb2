// Rules of the published implementations that only their results tell:
// golden/tokenizers/make_corner_cases.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "encoders/text/base64.h"
#include "encoders/text/sentencepiece_reader.h"
#include "encoders/text/tokenizer_json.h"
#include "encoders/text/unicode_normalizers.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

const nlohmann::json& cases(const char* name) {
  static const auto all = nlohmann::json::parse(
      read_bytes(std::filesystem::path(LIDIT_GOLDEN_DIR) / "tokenizers" / "corner_cases.json"));
  return all.at(name);
}

void expect_ids(const Tokenizer& tokenizer, const nlohmann::json& golden) {
  const auto& texts = golden.at("texts");
  ASSERT_GT(texts.size(), 0u);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::vector<std::int32_t> ids;
    for (const Token& token : tokenizer.encode(texts[i].get<std::string>(), false))
      ids.push_back(token.id);
    EXPECT_EQ(nlohmann::json(ids), golden.at("ids")[i]) << texts[i];
  }
}

TEST(NormalForms, LeaveAloneWhatUnicodeDefinedAfterTheReference) {
  const UnicodeForm forms[] = {{false, true}, {false, false}, {true, true}, {true, false}};
  for (const auto& entry : cases("normal_forms"))
    for (std::size_t form = 0; form < std::size(forms); ++form) {
      AlignedText text = align(entry[0].get<std::string>());
      forms[form].apply(text);
      EXPECT_EQ(utf8_of(text).text, entry[form + 1].get<std::string>()) << entry[0] << form;
    }
}

TEST(NormalForms, KeepTheBytesOfMarksThatChangePlacesInOrder) {
  AlignedText text = align("\u00AF\u0357\u0339");  // to a space, U+0339, U+0304 and U+0357
  UnicodeForm(true, false).apply(text);
  std::vector<std::int32_t> begins;
  for (const AlignedCharacter& c : text) begins.push_back(c.begin);
  EXPECT_THAT(begins, testing::ElementsAre(0, 2, 2, 4));
}

TEST(Metaspace, IsPutBeforeTheFirstWordOnlyWhereNothingWasTakenAwayBeforeIt) {
  expect_ids(*parse_tokenizer_json(cases("first_word").at("file").dump(), "first_word"),
             cases("first_word"));
}

TEST(SentencePieceUnigram, WeighsUserDefinedPiecesByTheirBytes) {
  const auto file = decode_base64(cases("user_defined").at("file").get<std::string>());
  ASSERT_TRUE(file.has_value());
  expect_ids(*parse_sentencepiece(*file, "user_defined"), cases("user_defined"));
}

}  // namespace
}  // namespace lidit
