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

std::string refusal_of(std::string_view jinja) {
  return message_of<FileError>([&] { recognise_chat_template(jinja, "some/model"); });
}

constexpr const char* kChatMlTurn =
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}";

TEST(ChatTemplate, OfACheckpointThatIsNotKnownIsRefused) {
  for (const char* jinja :
       {"", "{{ messages }}", "<|user|>{{ content }}<|assistant|>", "<|im_start|> <start_of_turn>",
        "<|start_header_id|>system<|end_header_id|>{{ date_string }}<|eot_id|>",
        "[SYSTEM_PROMPT]{{ system }}[INST] {{ content }}",
        "<|im_start|>user<|im_sep|>{{ content }}<|im_end|>"})
    EXPECT_THAT(refusal_of(jinja), HasSubstr("some/model: its chat template is none")) << jinja;
  for (const char* system :
       {"<|im_start|>system\nYou're here.<|im_end|>\n", "<|im_start|>system\nNo end",
        "<|im_start|>system\nOne.<|im_end|>\n<|im_start|>system\nTwo.<|im_end|>\n",
        "<|im_start|>system\nToday is {{ today }}.<|im_end|>\n",
        "<|im_start|>system\nOne\\ttab.<|im_end|>\n",
        "{% set system_message = 'You help.' %}{{ '<|im_start|>system\n' + system_message }}"})
    EXPECT_THAT(refusal_of(std::string(system) + kChatMlTurn),
                HasSubstr("cannot be read out of it"))
        << system;
}

// LLaVA-OneVision, SmolVLM, LLaVA-NeXT with Mistral, Mistral 7B Instruct v0.2 of later days: the
// markers of a family around turns of another form, word for word but for what follows the turns.
TEST(ChatTemplate, OfACheckpointWithAKnownMarkerInTurnsOfAnotherFormIsRefused) {
  for (const char* jinja :
       {"{% for message in messages %}{{'<|im_start|>' + message['role'] + ' '}}{# Render all "
        "images first #}{% for content in message['content'] | selectattr('type', 'equalto', "
        "'image') %}{{ '<image>' }}{% endfor %}{# Render all video then #}{% for content in "
        "message['content'] | selectattr('type', 'equalto', 'video') %}{{ '<video>' }}{% endfor "
        "%}{# Render all text next #}{% if message['role'] != 'assistant' %}{% for content in "
        "message['content'] | selectattr('type', 'equalto', 'text') %}{{ '\\n' + content['text'] "
        "}}{% endfor %}{% else %}{% for content in message['content'] | selectattr('type', "
        "'equalto', 'text') %}{% generation %}{{ '\\n' + content['text'] }}{% endgeneration %}{% "
        "endfor %}{% endif %}{{'<|im_end|>'}}{% endfor %}{% if add_generation_prompt %}{{ "
        "'<|im_start|>assistant\\n' }}{% endif %}",
        "<|im_start|>{% for message in messages %}{{message['role'] | capitalize}}{% if "
        "message['content'][0]['type'] == 'image' %}{{':'}}{% else %}{{': '}}{% endif %}{% for "
        "line in message['content'] %}{% if line['type'] == 'text' %}{{line['text']}}{% elif "
        "line['type'] == 'image' %}{{ '<image>' }}{% endif %}{% endfor %}<end_of_utterance>\n{% "
        "endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}",
        "{% for message in messages %}{% if message['role'] == 'system' %}{{ '<<SYS>>\\n' + "
        "message['content'][0]['text'] + '\\n<</SYS>>\\n\\n' }}{% elif message['role'] == 'user' "
        "%}{{ '[INST] ' }}{# Render all images first #}{% for content in message['content'] | "
        "selectattr('type', 'equalto', 'image') %}{{ '<image>\\n' }}{% endfor %}{# Render all text "
        "next #}{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}{{ "
        "content['text'] }}{% endfor %}{{' [/INST]' }}{% endif %}{% endfor %}",
        "{{- bos_token }}\n{%- for message in loop_messages %}\n    {%- if message[\"role\"] == "
        "\"user\" %}\n        {{- \" [INST] \" + message[\"content\"] + \" [/INST]\" }}\n    {%- "
        "endif %}\n{%- endfor %}",
        "{{ '<|im_start|>User\n' + message['content'] + '<|im_end|>\n' }}",
        "{{ '<|im_start|>user\nQ: ' + message['content'] + '<|im_end|>\n' }}",
        "{{ '<|im_start|>user\n' + message['content'] | upper + '<|im_end|>\n' }}",
        "{{ '<|im_start|>user\n' + message['content'] + '<|im_end|>' }}",
        "{% set role = 'human' %}{{ '<start_of_turn>' + role + '\n' + message['content'] }}",
        "{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n' + "
        "message['content'] }}"})
    EXPECT_THAT(refusal_of(jinja), HasSubstr("some/model: its chat template is none")) << jinja;
}

TEST(ChatTemplate, OfACheckpointIsTheSameInWhateverWayItsTurnsArePutTogether) {
  for (const char* jinja :
       {kChatMlTurn, "<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n",
        "{%- for m in messages %}\n    {{- \"<|im_start|>\" ~ m['role'] ~ '\\n' }}\n    {%- if "
        "m.content is string %}\n        {{- m.content | trim }}\n    {%- endif %}\n    {{- "
        "'<|im_end|>\\n' }}\n{%- endfor %}",
        "{% set text = '<|im_start|>user\\n' + content.strip() + '<|im_end|>\\n' %}{{ text }}"})
    EXPECT_EQ(recognise_chat_template(jinja, "model").name, "chatml") << jinja;
}

// Qwen 2.5 (what tools need left out), Qwen2-VL, Llama 3, Gemma 3, Mistral 7B Instruct v0.3.
TEST(ChatTemplate, OfACheckpointIsRecognisedInItsPublishedForm) {
  const std::pair<const char*, const char*> published[] = {
      {"chatml",
       "{%- if messages[0]['role'] == 'system' %}\n    {{- '<|im_start|>system\\n' + "
       "messages[0]['content'] + '<|im_end|>\\n' }}\n{%- else %}\n    {{- "
       "'<|im_start|>system\\nYou "
       "are Qwen.<|im_end|>\\n' }}\n{%- endif %}\n{%- for message in messages %}\n    {%- if "
       "(message.role == \"user\") or (message.role == \"system\" and not loop.first) %}\n        "
       "{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}\n    "
       "{%- elif message.role == \"assistant\" %}\n        {{- '<|im_start|>' + message.role }}\n  "
       " "
       "     {%- if message.content %}\n            {{- '\\n' + message.content }}\n        {%- "
       "endif %}\n        {{- '<|im_end|>\\n' }}\n    {%- elif message.role == \"tool\" %}\n       "
       " "
       "{{- '<|im_start|>user' }}\n        {{- '\\n<tool_response>\\n' }}\n        {{- "
       "message.content }}\n        {{- '\\n</tool_response>' }}\n        {{- '<|im_end|>\\n' }}\n "
       " "
       "  {%- endif %}\n{%- endfor %}\n{%- if add_generation_prompt %}\n    {{- "
       "'<|im_start|>assistant\\n' }}\n{%- endif %}\n"},
      {"chatml",
       "{% for message in messages %}{% if loop.first and message['role'] != 'system' "
       "%}<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n{% endif %}<|im_start|>{{ "
       "message['role'] }}\n{% if message['content'] is string %}{{ message['content'] "
       "}}<|im_end|>\n{% else %}{% for content in message['content'] %}{% if content['type'] == "
       "'image' %}<|vision_start|><|image_pad|><|vision_end|>{% elif 'text' in content %}{{ "
       "content['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endif %}{% endfor %}{% if "
       "add_generation_prompt %}<|im_start|>assistant\n{% endif %}"},
      {"llama-3",
       "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = "
       "'<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | "
       "trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% "
       "endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ "
       "'<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}"},
      {"gemma",
       "{{ bos_token }}\n{%- if messages[0]['role'] == 'system' -%}\n    {%- set first_user_prefix "
       "= messages[0]['content'] + '\n\n' -%}\n{%- endif -%}\n{%- for message in loop_messages "
       "-%}\n    {%- if (message['role'] == 'assistant') -%}\n        {%- set role = \"model\" "
       "-%}\n    {%- else -%}\n        {%- set role = message['role'] -%}\n    {%- endif -%}\n    "
       "{{ '<start_of_turn>' + role + '\n' + (first_user_prefix if loop.first else \"\") }}\n    "
       "{%- if message['content'] is string -%}\n        {{ message['content'] | trim }}\n    {%- "
       "endif -%}\n    {{ '<end_of_turn>\n' }}\n{%- endfor -%}\n{%- if add_generation_prompt -%}\n "
       "   {{'<start_of_turn>model\n'}}\n{%- endif -%}\n"},
      {"mistral",
       "{{- bos_token }}\n{%- for message in loop_messages %}\n    {%- if message[\"role\"] == "
       "\"user\" %}\n        {%- if loop.last and system_message is defined %}\n            {{- "
       "\"[INST] \" + system_message + \"\\n\\n\" + message[\"content\"] + \"[/INST]\" }}\n        "
       "{%- else %}\n            {{- \"[INST] \" + message[\"content\"] + \"[/INST]\" }}\n        "
       "{%- endif %}\n    {%- endif %}\n{%- endfor %}\n"}};
  for (const auto& [name, jinja] : published)
    EXPECT_EQ(recognise_chat_template(jinja, "model").name, name) << jinja;
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
  write("chat_template.json", R"({"chat_template": "of a processor"})");
  EXPECT_EQ(read_chat_template(config), "of a processor");
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
