#include "encoders/text/jinja_output.h"

#include <algorithm>
#include <utility>

namespace lidit {
namespace {

constexpr std::string_view kJinjaSpace = " \t\r\n";

std::string_view without_space(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kJinjaSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kJinjaSpace) + 1 - begin);
}

/// Where the string literal that begins at `at` is closed; npos if nowhere.
std::size_t literal_end(std::string_view text, std::size_t at) {
  for (std::size_t end = at + 1; end < text.size(); ++end) {
    if (text[end] == '\\')
      ++end;
    else if (text[end] == text[at])
      return end;
  }
  return text.npos;
}

/// Where `closing` stands outside of string literals; npos if nowhere.
std::size_t find_closing(std::string_view text, std::size_t at, std::string_view closing) {
  for (; at < text.size(); ++at) {
    if (text.substr(at).starts_with(closing)) return at;
    if (text[at] != '\'' && text[at] != '"') continue;
    at = literal_end(text, at);
    if (at == text.npos) break;
  }
  return text.npos;
}

/// The characters that a string literal without its quotes stands for.
std::string unescaped_literal(std::string_view literal) {
  constexpr std::string_view kEscapes = "ntr'\"\\", kCharacters = "\n\t\r'\"\\";
  std::string text;
  for (std::size_t at = 0; at < literal.size(); ++at) {
    const std::size_t escape = literal[at] == '\\' && at + 1 < literal.size()
                                   ? kEscapes.find(literal[at + 1])
                                   : kEscapes.npos;
    text += escape == kEscapes.npos ? literal[at] : kCharacters[escape];
    at += escape != kEscapes.npos;
  }
  return text;
}

void append_text(std::vector<JinjaPiece>& pieces, std::string text) {
  if (text.empty()) return;
  if (!pieces.empty() && pieces.back().kind == JinjaPiece::Kind::text)
    pieces.back().text += text;
  else
    pieces.push_back({JinjaPiece::Kind::text, std::move(text)});
}

void append_operand(std::vector<JinjaPiece>& pieces, std::string_view operand) {
  operand = without_space(operand);
  if (operand.empty() || operand.starts_with("raise_exception(")) return;  // writes nothing
  const bool quoted = operand[0] == '\'' || operand[0] == '"';
  if (quoted && literal_end(operand, 0) == operand.size() - 1)
    append_text(pieces, unescaped_literal(operand.substr(1, operand.size() - 2)));
  else
    pieces.push_back({JinjaPiece::Kind::expression, std::string(operand)});
}

/// The operands of + and ~ outside of brackets.
void append_expression(std::vector<JinjaPiece>& pieces, std::string_view expression) {
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t at = 0; at < expression.size(); ++at) {
    const char c = expression[at];
    if (c == '\'' || c == '"') {
      at = std::min(literal_end(expression, at), expression.size() - 1);
    } else if (depth == 0 && (c == '+' || c == '~')) {
      append_operand(pieces, expression.substr(begin, at - begin));
      begin = at + 1;
    }
    depth += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
  }
  append_operand(pieces, expression.substr(begin));
}

/// {% set NAME = EXPRESSION %} becomes an output; other statements write nothing.
void append_statement(std::vector<JinjaOutput>& outputs, std::string_view statement) {
  statement = without_space(statement);
  const std::size_t equals = statement.find('=');
  if (!statement.starts_with("set ") || equals == statement.npos) return;
  JinjaOutput& output = outputs.emplace_back();
  output.variable = without_space(statement.substr(4, equals - 4));
  append_expression(output.pieces, statement.substr(equals + 1));
}

/// {{ }}, {% %} or {# #}, the first of a text.
struct JinjaTag {
  std::size_t begin = std::string_view::npos, end = 0;  // in the text; begin is npos: none is whole
  char kind = ' ';                                      // '{', '%' or '#'
  char first = ' ', last = ' ';                         // '-' or '+' at its ends
  std::string_view inside{};
  bool is_block() const { return kind != '{'; }  // a statement or a comment
};

JinjaTag find_tag(std::string_view text) {
  constexpr std::string_view kKinds = "{%#", kClosing = "}%#";
  for (std::size_t at = text.find('{'); at != text.npos; at = text.find('{', at + 1)) {
    const std::size_t kind = at + 1 < text.size() ? kKinds.find(text[at + 1]) : kKinds.npos;
    if (kind == kKinds.npos) continue;
    const std::string closing{kClosing[kind], '}'};
    const std::size_t end =
        kKinds[kind] == '#' ? text.find(closing, at + 2) : find_closing(text, at + 2, closing);
    if (end == text.npos) return {};
    JinjaTag tag{.begin = at, .end = end + 2, .kind = kKinds[kind]};
    tag.inside = text.substr(at + 2, end - at - 2);
    const auto is_sign = [](char c) { return c == '-' || c == '+'; };
    if (!tag.inside.empty() && is_sign(tag.inside.front())) {
      tag.first = tag.inside.front();
      tag.inside.remove_prefix(1);
    }
    if (!tag.inside.empty() && is_sign(tag.inside.back())) {
      tag.last = tag.inside.back();
      tag.inside.remove_suffix(1);
    }
    return tag;
  }
  return {};
}

/// What is left of the text before a tag. `begins_line`: the text does.
std::string_view before_tag(std::string_view text, const JinjaTag& tag, bool begins_line) {
  if (tag.first == '-') return text.substr(0, text.find_last_not_of(kJinjaSpace) + 1);
  const std::size_t indent = text.find_last_not_of(" \t") + 1;
  const bool is_indent = indent == 0 ? begins_line : text[indent - 1] == '\n';
  return tag.is_block() && tag.first != '+' && is_indent ? text.substr(0, indent) : text;
}

/// What is left of the text behind a tag.
std::string_view behind_tag(std::string_view text, const JinjaTag& tag) {
  if (tag.last == '-')
    text.remove_prefix(std::min(text.find_first_not_of(kJinjaSpace), text.size()));
  else if (tag.is_block() && tag.last != '+' && text.starts_with('\n'))
    text.remove_prefix(1);
  return text;
}

}  // namespace

std::vector<JinjaOutput> read_jinja_outputs(std::string_view jinja) {
  std::vector<JinjaOutput> outputs(1);
  bool begins_line = true;
  for (JinjaTag tag = find_tag(jinja); tag.begin != jinja.npos; tag = find_tag(jinja)) {
    append_text(outputs[0].pieces,
                std::string(before_tag(jinja.substr(0, tag.begin), tag, begins_line)));
    if (tag.kind == '{') append_expression(outputs[0].pieces, tag.inside);
    if (tag.kind == '%') append_statement(outputs, tag.inside);
    const std::string_view rest = jinja.substr(tag.end);
    jinja = behind_tag(rest, tag);
    begins_line = rest.substr(0, rest.size() - jinja.size()).find('\n') != rest.npos;
  }
  append_text(outputs[0].pieces, std::string(jinja));
  return outputs;
}

}  // namespace lidit
