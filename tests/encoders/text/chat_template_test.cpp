#include "encoders/text/chat_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "encoders/text/checkpoint_template.h"
#include "encoders/text/templated_tokenizer.h"
#include "results/errors.h"
#include "results/files.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using Kind = TemplatePiece::Kind;
using Json = nlohmann::json;

const fs::path kGolden = fs::path(LIDIT_GOLDEN_DIR) / "templates";

template <class Error, class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "(no such error)";
}

std::optional<std::string> text_of(const Json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
}

TEST(ChatTemplate, GivesTheTokensThatTransformersGives) {
  const Json cases = Json::parse(read_file(kGolden / "expected.json", 1 << 20));
  std::size_t conversations = 0;
  for (const Json& entry : cases) {
    const auto tokenizer = load_tokenizer(kGolden / entry["tokenizer"].get<std::string>());
    const std::string name = entry["template"];
    for (const Json& conversation : entry["conversations"]) {
      const auto system = text_of(conversation["system"]);
      const TemplatedTokenizer templated(
          tokenizer, {.chat_template = name,
                      .instruction = conversation["instruction"],
                      .bos = name == "chatml" ? BosUse::drop : BosUse::keep,
                      .system_text = system ? *system : entry["system"].get<std::string>()});
      std::vector<std::int64_t> ids = templated.prefix();
      const std::string caption = conversation["caption"];
      for (const Token& token : templated.encode_caption(caption).tokens) ids.push_back(token.id);
      EXPECT_EQ(ids, conversation["ids"].get<std::vector<std::int64_t>>())
          << entry["label"] << ": " << conversation;
      ++conversations;
    }
  }
  EXPECT_EQ(conversations, 96u);
}

TEST(ChatTemplate, OfACheckpointIsRecognisedWithItsSystemText) {
  for (const Json& entry : Json::parse(read_file(kGolden / "expected.json", 1 << 20))) {
    const CheckpointTemplate found =
        recognise_chat_template(entry["jinja"].get<std::string>(), "model");
    EXPECT_EQ(found.name, entry["template"].get<std::string>()) << entry["label"];
    EXPECT_EQ(found.system_text, entry["system"].get<std::string>()) << entry["label"];
  }
}

TEST(ChatTemplate, OfACheckpointThatIsNotKnownIsRefused) {
  const auto message = [](std::string_view jinja) {
    return message_of<FileError>([&] { recognise_chat_template(jinja, "some/model"); });
  };
  for (const char* jinja :
       {"", "{{ messages }}", "<|user|>{{ content }}<|assistant|>", "<|im_start|> <start_of_turn>",
        "<|start_header_id|>system<|end_header_id|>{{ date_string }}<|eot_id|>",
        "[SYSTEM_PROMPT]{{ system }}[INST] {{ content }}",
        "<|im_start|>user<|im_sep|>{{ content }}<|im_end|>"})
    EXPECT_THAT(message(jinja), HasSubstr("some/model: its chat template is none")) << jinja;
  for (const char* jinja :
       {"<|im_start|>system\nYou're here.<|im_end|>", "<|im_start|>system\nNo end",
        "<|im_start|>system\nOne.<|im_end|><|im_start|>system\nTwo.<|im_end|>",
        "<|im_start|>system\nToday is {{ today }}.<|im_end|>",
        "<|im_start|>system\nOne\\ttab.<|im_end|>",
        "{% set system_message = 'You help.' %}{{ '<|im_start|>system\n' + system_message }}"})
    EXPECT_THAT(message(jinja), HasSubstr("cannot be read out of it")) << jinja;
}

TEST(ChatTemplate, OfACheckpointIsReadFromWhereItMayStand) {
  const TemporaryFolder folder;
  const fs::path config = folder.path() / "config.json";
  const auto write = [&](const char* name, std::string_view text) {
    write_file(folder.path() / name, text);
  };
  EXPECT_THAT(message_of<FileError>([&] { read_chat_template(config); }),
              HasSubstr("brings no chat template"));
  write("tokenizer_config.json", R"({"chat_template": 3})");
  EXPECT_THAT(message_of<FileError>([&] { read_chat_template(config); }),
              HasSubstr("brings no chat template"));
  write(
      "tokenizer_config.json",
      R"({"chat_template": [{"name": "tools", "template": "t"}, {"name": "default", "template": "d"}]})");
  EXPECT_EQ(read_chat_template(config), "d");
  write("tokenizer_config.json", R"({"chat_template": "one"})");
  EXPECT_EQ(read_chat_template(config), "one");
  write("chat_template.jinja", "beside");
  EXPECT_EQ(read_chat_template(config), "beside");
}

TEST(ChatTemplate, OfTheUsersOwnIsFilled) {
  const RenderedTemplate rendered =
      render_chat_template("{bos}<s>{system}: {instruction}  {prompt}", "Be brief", "Draw");
  EXPECT_THAT(
      rendered.prefix,
      ElementsAre(TemplatePiece{Kind::bos, ""}, TemplatePiece{Kind::written, "<s>"},
                  TemplatePiece{Kind::filled_in, "Be brief"}, TemplatePiece{Kind::written, ": "},
                  TemplatePiece{Kind::filled_in, "Draw"}));
  EXPECT_EQ(rendered.caption_lead, "  ");
  const RenderedTemplate bare = render_chat_template("A {instruction} {prompt}", std::nullopt, "");
  EXPECT_THAT(bare.prefix, ElementsAre(TemplatePiece{Kind::written, "A"}));
  EXPECT_EQ(bare.caption_lead, " ");
  EXPECT_TRUE(render_chat_template("{prompt}", std::nullopt, "").prefix.empty());
}

TEST(ChatTemplate, ThatCannotBeFilledIsRefused) {
  const auto message = [](std::string_view format, std::optional<std::string> system,
                          std::string_view instruction) {
    return message_of<SpecError>([&] { render_chat_template(format, system, instruction); });
  };
  EXPECT_THAT(message("chat", {}, ""), HasSubstr("unknown chat template 'chat'; did you mean"));
  EXPECT_THAT(message("", {}, ""), HasSubstr("unknown chat template ''"));
  EXPECT_THAT(message("{instruction}", {}, ""), HasSubstr("must end with {prompt}"));
  EXPECT_THAT(message("{prompt} please", {}, ""), HasSubstr("must end with {prompt}"));
  EXPECT_THAT(message("{prompt}{prompt}", {}, ""), HasSubstr("{prompt} stands twice"));
  EXPECT_THAT(message("{prompt}", {}, "Draw:"), HasSubstr("no place for an instruction"));
  EXPECT_THAT(message("{prompt}", "Be brief", ""), HasSubstr("no place for a system text"));
  EXPECT_THAT(message("gemma", "Be brief", ""), HasSubstr("no place for a system text"));
  EXPECT_THAT(message_of<SpecError>([] {
                TemplatedTokenizer(load_tokenizer(kGolden / "gemma"),
                                   {.chat_template = "<|im_strat|>user {prompt}"});
              }),
              HasSubstr("needs the token <|im_strat|>, which this model does not have"));
}

}  // namespace
}  // namespace lidit
