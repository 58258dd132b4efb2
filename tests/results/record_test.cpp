#include "results/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "results/files.h"
#include "results/hash.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Record example() {
  return {.fingerprint = sha256_hex("example"),
          .name = "quick / raw-llm",
          .asked = {{"train.steps", std::int64_t{600}}},
          .context = {{"host", std::string("h")}},
          .measurements =
              {{.name = "heldout.binding", .value = 0.8125, .n = 200, .higher_is_better = true},
               {.name = "memory", .reason = "not measured on this device", .unit = "B"}},
          .series = {{"loss", "step", "", "loss", "", {0, 100}, {1.5, 0.25}}}};
}

const std::vector<Fields> kRows = {
    {{"id", std::string("a")}, {"binding", std::vector<double>{1, 0}}, {"score", 0.5}},
    {{"id", std::string("b")}, {"binding", std::vector<double>{0.5}}, {"score", 1.0}}};

TEST(Record, ReadsBackWhatWasWritten) {
  const TemporaryFolder folder;
  write_record(folder.path(), example(), kRows);
  EXPECT_EQ(read_record(folder.path()), example());
  EXPECT_EQ(read_prompts(folder.path()), kRows);
  EXPECT_EQ(read_record(folder.path()).find("heldout.binding")->value, 0.8125);
  EXPECT_EQ(read_record(folder.path()).find("absent"), nullptr);
}

TEST(Record, KeepsACurveThatDiverged) {
  Record record = example();
  record.status = Status::failed;
  record.reason = "the loss is not finite at step 100";
  record.series[0].y[1] = std::nan("");
  const TemporaryFolder folder;
  write_record(folder.path(), record, {});
  EXPECT_TRUE(std::isnan(read_record(folder.path()).series[0].y[1]));
  EXPECT_EQ(read_record(folder.path()).reason, record.reason);
}

TEST(Record, RefusesToWriteWhatContradictsItself) {
  const TemporaryFolder folder;
  const auto refuses = [&](auto change) {
    Record record = example();
    change(record);
    EXPECT_THROW(write_record(folder.path(), record, {}), std::logic_error);
  };
  refuses([](Record& r) { r.measurements[0].value = std::nan(""); });
  refuses([](Record& r) { r.measurements[0].value.reset(); });
  refuses([](Record& r) { r.measurements[1].name = "heldout.binding"; });
  refuses([](Record& r) { r.status = Status::failed; });
  refuses([](Record& r) { r.series[0].x.pop_back(); });
  refuses([](Record& r) { r.fingerprint = "../../x"; });
  EXPECT_THROW(write_record(folder.path(), example(), std::vector<Fields>{{}}), SpecError);
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(Record, RefusesABrokenFileInOneSentence) {
  const TemporaryFolder folder;
  EXPECT_THAT([&] { read_record(folder.path()); },
              ThrowsMessage<FileError>(HasSubstr("record.json: No such file")));
  write_record(folder.path(), example(), kRows);
  const std::string good = read_file(folder.path() / "record.json", 1 << 20);
  const auto refuses = [&](std::string_view what, std::string_view by, std::string_view sentence) {
    std::string bad = good;
    ASSERT_NE(bad.find(what), std::string::npos) << what;
    bad.replace(bad.find(what), what.size(), by);
    write_file(folder.path() / "record.json", bad);
    EXPECT_THAT([&] { read_record(folder.path()); },
                ThrowsMessage<FileError>(HasSubstr(std::string(sentence))));
  };
  refuses("\"schema\":1", "\"schema\":2", "schema 2; this program reads schema 1");
  refuses("\"schema\":1", "\"schema\":1.0", "wanted: integer");
  refuses("\"done\"", "\"finished\"", "unknown status 'finished'");
  refuses("0.8125", "null", "either a value or a reason");
  refuses("0.8125", "\"nan\"", "measurement 'heldout.binding' is nan");
  refuses("\"unit\":", "\"units\":", "'unit' is missing");
  refuses("\"n\":200", "\"n\":200,\"m\":1", "'m' does not belong there");
  refuses("[0.0,100.0]", "[0.0]", "series 'loss' has 1 x and 2 y");
  refuses("[0.0,100.0]", "7", "wanted: list of numbers");
  refuses("}\n", "", "not valid JSON");
}

TEST(Record, RefusesBrokenRows) {
  const TemporaryFolder folder;
  const auto refuses = [&](std::string_view text, std::string_view sentence) {
    write_file(folder.path() / "prompts.jsonl", text);
    EXPECT_THAT([&] { read_prompts(folder.path()); },
                ThrowsMessage<FileError>(HasSubstr(std::string(sentence))));
  };
  refuses("{\"id\":\"a\"}\n{\"id\":\"b\"", "prompts.jsonl:2: the last line is cut off");
  refuses("{\"id\":\"a\"}\n{}\n", "prompts.jsonl:2: a text 'id' is wanted");
  refuses("{\"id\":3}\n", "prompts.jsonl:1: a text 'id' is wanted");
  refuses("\n", "prompts.jsonl:1: not valid JSON");
}

}  // namespace
}  // namespace lidit
