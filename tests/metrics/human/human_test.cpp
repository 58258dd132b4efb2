#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "metrics/human/comparison_page.h"
#include "metrics/human/human_score.h"
#include "metrics/human/page_template.h"
#include "results/files.h"
#include "results/png.h"
#include "tests/support/file_error.h"
#include "tests/support/temporary_folder.h"

namespace lidit::human {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

constexpr std::string_view kHostile = "</script><img src=x onerror=alert(1)> & \"quotes\" \\ <!--";

/// `count` captions, the first of them hostile, with an image of one colour each.
void make_folder_of(const fs::path& folder, int count, std::uint8_t colour) {
  std::string lines;
  make_folder(folder);
  for (int i = 0; i < count; ++i) {
    const std::string file = i == 0 ? "a \"b\" <i>.png" : "picture " + std::to_string(i) + ".png";
    write_png(folder / file, Image{2, 1, {colour, 0, static_cast<std::uint8_t>(i), 9, 9, 9}});
    const std::string caption = i == 0 ? std::string(kHostile) : "caption " + std::to_string(i);
    lines += nlohmann::json{{"image", file}, {"caption", caption}}.dump() + "\n";
  }
  write_file(folder / "captions.jsonl", lines);
}

class Comparison : public testing::Test {
 protected:
  Comparison() {
    make_folder_of(options.first, 8, 10);
    make_folder_of(options.second, 8, 200);
  }
  std::string page() const { return read_bytes(out / "index.html"); }
  std::string answers(const ComparisonKey& key, const std::string& rater,
                      const std::vector<std::string>& choices) const {
    std::string csv = "page,rater,pair,choice,seconds\r\n";
    for (std::size_t i = 0; i < choices.size(); ++i)
      csv += key.page + ",\"" + rater + "\"," + key.pairs[i].pair + "," + choices[i] + ",1.0\r\n";
    return csv;
  }
  /// The choice that prefers the first system (or the second) in a pair.
  static std::string side(const PairKey& pair, bool first) {
    return pair.first_is_left == first ? "left" : "right";
  }

  const TemporaryFolder folder;
  ComparisonOptions options{.first = folder.path() / "mine", .second = folder.path() / "theirs"};
  const fs::path out = folder.path() / "study";
};

TEST_F(Comparison, ShowsEachPairOnceWithEachSystemLeftInHalfOfThem) {
  const ComparisonKey key = write_comparison(options, out);
  ASSERT_EQ(key.pairs.size(), 8u);
  std::set<std::string> captions;
  for (const PairKey& pair : key.pairs) captions.insert(pair.caption);
  EXPECT_EQ(captions.size(), 8u);
  EXPECT_EQ(std::ranges::count_if(key.pairs, &PairKey::first_is_left), 4);
}

TEST_F(Comparison, PutsEachImageOnTheSideThatTheKeySays) {
  const ComparisonKey key = write_comparison(options, out);
  const std::string html = page();
  const std::size_t begin = html.find("{\"page\"");
  const auto data =
      nlohmann::json::parse(html.substr(begin, html.find("</script>", begin) - begin));
  for (std::size_t i = 0; i < key.pairs.size(); ++i) {
    const auto& shown = data["pairs"][i];
    EXPECT_EQ(shown["caption"], key.pairs[i].caption);
    const Image left = read_png(out / shown["left"].get<std::string>());
    EXPECT_EQ(left.rgb[0], key.pairs[i].first_is_left ? 10 : 200);
    EXPECT_EQ(read_png(out / shown["right"].get<std::string>()).rgb[2], left.rgb[2]);
  }
}

TEST_F(Comparison, TellsTheRaterNeitherSystemNorPlace) {
  write_comparison(options, out);
  EXPECT_THAT(page(), Not(HasSubstr("mine")));
  EXPECT_THAT(page(), Not(HasSubstr("theirs")));
  EXPECT_THAT(page(), Not(HasSubstr("picture 1")));
}

TEST_F(Comparison, IsTheSamePageForTheSameSeedAndAnotherForAnother) {
  const ComparisonKey first = write_comparison(options, out),
                      again = write_comparison(options, folder.path() / "again");
  EXPECT_EQ(page(), read_bytes(folder.path() / "again" / "index.html"));
  EXPECT_EQ(first.page, again.page);
  options.seed = 1;
  EXPECT_NE(write_comparison(options, folder.path() / "other").page, first.page);
}

TEST_F(Comparison, LetsNoTextOfAFolderBecomeMarkup) {
  write_comparison(options, out);
  const std::string html = page();
  EXPECT_THAT(html, Not(HasSubstr("</script><img")));
  EXPECT_THAT(html, Not(HasSubstr("<img src=x")));
  const std::string from_data = comparison_html("{\"question\":\"</script><!--\"}");
  EXPECT_THAT(from_data, HasSubstr("\\u003c/script>\\u003c!--"));
}

TEST_F(Comparison, DrawsAsManyPromptsAsAreWanted) {
  options.count = 3;
  EXPECT_EQ(write_comparison(options, out).pairs.size(), 3u);
  options.count = 9;
  EXPECT_THROW(write_comparison(options, folder.path() / "more"), UserError);
  EXPECT_FALSE(fs::exists(folder.path() / "more"));
}

TEST_F(Comparison, RefusesAFolderInUseImagesThatAreNoneAndFilesFromElsewhere) {
  write_comparison(options, out);
  EXPECT_THROW(write_comparison(options, out), UserError);
  folder.write("mine/picture 3.png", "GIF89a");
  EXPECT_THAT(file_error_of([&] { write_comparison(options, folder.path() / "a"); }),
              HasSubstr("picture 3.png: neither PNG nor JPEG nor WebP"));
  fs::remove(folder.path() / "mine" / "picture 3.png");
  EXPECT_THAT(file_error_of([&] { write_comparison(options, folder.path() / "b"); }),
              HasSubstr("picture 3.png"));
  folder.write("mine/captions.jsonl", R"({"image": "../theirs/x.png", "caption": "c"})");
  EXPECT_THAT(file_error_of([&] { write_comparison(options, folder.path() / "c"); }),
              HasSubstr("'../theirs/x.png' is no file of this folder"));
}

TEST_F(Comparison, KeyIsReadAsItWasWritten) {
  const ComparisonKey key = write_comparison(options, out), read = read_comparison_key(out);
  EXPECT_EQ(read.page, key.page);
  EXPECT_EQ(read.first, "mine");
  EXPECT_EQ(read.second, "theirs");
  ASSERT_EQ(read.pairs.size(), key.pairs.size());
  for (std::size_t i = 0; i < key.pairs.size(); ++i) {
    EXPECT_EQ(read.pairs[i].caption, key.pairs[i].caption);
    EXPECT_EQ(read.pairs[i].first_is_left, key.pairs[i].first_is_left);
  }
}

TEST_F(Comparison, GivesTheWinRateOfTheFirstSystemWhateverItsSides) {
  const ComparisonKey key = write_comparison(options, out);
  std::vector<std::string> anna, ben;
  for (std::size_t i = 0; i < 8; ++i) {
    anna.push_back(side(key.pairs[i], i < 6));
    ben.push_back(i == 0 ? "tie" : side(key.pairs[i], i < 5));
  }
  const std::vector<fs::path> files = {folder.write("anna.csv", answers(key, "anna", anna)),
                                       folder.write("ben.csv", answers(key, "ben", ben))};
  const Preferences found = read_preferences(key, files);
  const Record record = comparison_record(key, found, {});
  EXPECT_DOUBLE_EQ(record.find("win_rate")->value.value(), (6 + 4 + 0.5) / 16);
  EXPECT_EQ(record.find("wins")->value, 10);
  EXPECT_EQ(record.find("ties")->value, 1);
  EXPECT_EQ(record.find("raters")->value, 2);
  const double low = *record.find("win_rate.low")->value,
               high = *record.find("win_rate.high")->value;
  EXPECT_LT(low, 10.5 / 16);
  EXPECT_GT(high, 10.5 / 16);
  EXPECT_TRUE(record.find("alpha")->value.has_value());
  EXPECT_EQ(comparison_rows(key, found).size(), 16u);
  EXPECT_THAT(print(comparison_table(key, found), TableFormat::csv), HasSubstr("mine over theirs"));
}

TEST_F(Comparison, SaysWhereAnIntervalOrAnAgreementCannotBe) {
  options.count = 1;
  const ComparisonKey key = write_comparison(options, out);
  const std::vector<fs::path> files = {folder.write("a.csv", answers(key, "anna", {"left"}))};
  const Record record = comparison_record(key, read_preferences(key, files), {});
  EXPECT_FALSE(record.find("win_rate.low")->value);
  EXPECT_THAT(record.find("win_rate.low")->reason, HasSubstr("two prompts"));
  EXPECT_THAT(record.find("alpha")->reason, HasSubstr("two raters"));
  EXPECT_THAT(print(comparison_table(key, read_preferences(key, files)), TableFormat::terminal),
              HasSubstr("no interval"));
}

TEST_F(Comparison, RefusesAnswersThatDoNotFit) {
  const ComparisonKey key = write_comparison(options, out);
  const auto refusal = [&](const std::string& line) {
    const std::vector<fs::path> files = {
        folder.write("bad.csv", "page,rater,pair,choice,seconds\n" + line + "\n")};
    return file_error_of([&] { read_preferences(key, files); });
  };
  EXPECT_THAT(refusal("0123,anna,0001,left,1"), HasSubstr("an answer of page '0123'"));
  EXPECT_THAT(refusal(key.page + ",anna,9999,left,1"), HasSubstr("no pair '9999'"));
  EXPECT_THAT(refusal(key.page + ",anna,0001,lft,1"), HasSubstr("did you mean 'left'?"));
  EXPECT_THAT(refusal(key.page + ",,0001,left,1"), HasSubstr("a rater without a name"));
  EXPECT_THAT(refusal(key.page + ",anna,0001,left,1\n" + key.page + ",anna,0001,tie,1"),
              HasSubstr("line 3: 'anna' judges pair '0001' twice"));
  EXPECT_THAT(refusal(key.page + ",anna,0001"), HasSubstr("bad.csv"));
}

}  // namespace
}  // namespace lidit::human
