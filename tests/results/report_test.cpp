#include "results/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace lidit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Report, Base64EqualsTheTestVectorsOfRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe"), "//4=");
}

TEST(Report, EscapesEverythingThatComesFromOutside) {
  Report report("<t>", "a & b");
  report.heading("<h>");
  report.paragraph("<script>alert(1)</script>");
  report.code("a < b");
  report.image_grid(std::vector<std::string>{"<c>"},
                    std::vector<GridRow>{{"\"prompt\" <x>", {{.png = "x", .caption = "<y>"}}}});
  const std::string html = report.html();
  for (const char* raw : {"<t>", "<h>", "<script>", "<c>", "<x>", "<y>", "a & b", "a < b"})
    EXPECT_THAT(html, Not(HasSubstr(raw)));
}

TEST(Report, FetchesNothing) {
  Report report("title", "");
  report.image_grid(
      std::vector<std::string>{"one"},
      std::vector<GridRow>{{"row", {{.png = "bytes", .caption = "", .right = true}}}});
  EXPECT_THAT(report.html(), Not(HasSubstr("http")));
  EXPECT_THAT(report.html(), HasSubstr("class=\"right\""));
}

TEST(Report, RefusesARowThatDoesNotFitItsColumns) {
  Report report("title", "");
  EXPECT_THROW(report.image_grid(std::vector<std::string>{"one", "two"},
                                 std::vector<GridRow>{{"row", {{.png = "x"}}}}),
               std::logic_error);
}

TEST(Report, TheSameCallsGiveTheSamePage) {
  const auto make = [] {
    Report report("title", "subtitle");
    report.paragraph("text");
    return report.html();
  };
  EXPECT_EQ(make(), make());
}

}  // namespace
}  // namespace lidit
