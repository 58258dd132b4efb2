#include "results/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace lidit {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const Fields kAll = {{"bool", true},
                     {"double", 3.0},
                     {"integer", std::int64_t{-7}},
                     {"list.double", std::vector<double>{1, 0.1}},
                     {"list.integer", std::vector<std::int64_t>{1, 2}},
                     {"list.text", std::vector<std::string>{"a", "b\"\n"}},
                     {"text", std::string("caf\xC3\xA9")}};

TEST(Fields, AreWrittenAsOneCanonicalObject) {
  EXPECT_EQ(to_json(kAll),
            "{\"bool\":true,\"double\":3.0,\"integer\":-7,\"list.double\":[1.0,0.1],"
            "\"list.integer\":[1,2],\"list.text\":[\"a\",\"b\\\"\\n\"],\"text\":\"caf\xC3\xA9\"}");
}

TEST(Fields, ReadBackExactlyWhatWasWritten) {
  EXPECT_EQ(fields_from_json(to_json(kAll), "here"), kAll);
  for (const double number : {0.1, 1e300, 5e-324, -0.0, 1.0 / 3, 123456789012345680.0}) {
    const Fields back = fields_from_json(to_json(Fields{{"x", number}}), "here");
    ASSERT_TRUE(std::holds_alternative<double>(back.at("x"))) << number;
    EXPECT_EQ(std::get<double>(back.at("x")), number);
    EXPECT_EQ(std::signbit(std::get<double>(back.at("x"))), std::signbit(number));
  }
  for (const auto integer :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()})
    EXPECT_EQ(get<std::int64_t>(fields_from_json(to_json(Fields{{"x", integer}}), "here"), "x"),
              integer);
}

TEST(Fields, CarryNumbersThatAreNotFinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  const Fields fields = {{"a", std::nan("")}, {"b", std::vector<double>{1, -infinity}}};
  EXPECT_EQ(to_json(fields), R"({"a":"nan","b":[1.0,"-inf"]})");
  const Fields back = fields_from_json(to_json(fields), "here");
  EXPECT_TRUE(std::isnan(get<double>(back, "a")));
  EXPECT_EQ(get<std::vector<double>>(back, "b"), (std::vector<double>{1, -infinity}));
}

TEST(Fields, RefuseWhatIsNotAFlatObject) {
  for (const std::string_view text :
       {"", "[]", "{", R"({"a":null})", R"({"a":{}})", R"({"a":[[1]]})", R"({"a":[1,"b"]})",
        R"({"a":[true]})", R"({"a":1,"a":2})", R"({"a":1}x)", "{\"a\":\"\xFF\"}",
        R"({"a":9223372036854775808})"})
    EXPECT_THAT([&] { fields_from_json(text, "record.json"); },
                ThrowsMessage<FileError>(HasSubstr("record.json")))
        << text;
}

TEST(Fields, RefuseDeepNestingAndTextThatIsNotUtf8) {
  EXPECT_THROW(fields_from_json(R"({"a":)" + std::string(100000, '['), "here"), FileError);
  EXPECT_THROW(to_json(Value("\xFF")), UserError);
}

TEST(Fields, PrintAsInASpecFile) {
  EXPECT_EQ(to_text(std::int64_t{3}), "3");
  EXPECT_EQ(to_text(3.0), "3.0");
  EXPECT_EQ(to_text(false), "false");
  EXPECT_EQ(to_text(std::string("a\"b\x7f")), R"("a\"b\u007F")");
  EXPECT_EQ(to_text(std::vector<double>{0.5, std::nan("")}), "[0.5, nan]");
  EXPECT_EQ(to_text(std::vector<std::string>{"a", "b"}), R"(["a", "b"])");
}

TEST(Fields, GiveTypedValues) {
  EXPECT_EQ(get<std::string>(kAll, "text"), "caf\xC3\xA9");
  EXPECT_EQ(get<double>(kAll, "integer"), -7);
  EXPECT_EQ(get<std::vector<double>>(kAll, "list.integer"), (std::vector<double>{1, 2}));
  EXPECT_EQ(get_or<std::int64_t>(kAll, "absent", 4), 4);
  EXPECT_EQ(get_or<std::int64_t>(kAll, "integer", 4), -7);
  const Fields empty = {{"x", std::vector<std::int64_t>{}}};
  EXPECT_TRUE(get<std::vector<std::string>>(empty, "x").empty());
}

TEST(Fields, RefuseAnAbsentKeyAndAnotherKind) {
  EXPECT_THAT([] { get<bool>(kAll, "absent"); },
              ThrowsMessage<SpecError>("setting 'absent' is missing (true or false wanted)"));
  EXPECT_THAT([] { get<std::int64_t>(kAll, "double"); },
              ThrowsMessage<SpecError>(
                  "setting 'double' is 3.0, which is of the kind 'number'; wanted: integer"));
  EXPECT_THROW(get_or<bool>(kAll, "text", true), SpecError);
  EXPECT_THROW(get<double>(kAll, "text"), SpecError);
  EXPECT_THROW(get<std::vector<std::string>>(kAll, "list.integer"), SpecError);
  EXPECT_THROW(get<std::string>(Fields{{"x", std::vector<std::int64_t>{}}}, "x"), SpecError);
}

}  // namespace
}  // namespace lidit
