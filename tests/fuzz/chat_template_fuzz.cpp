// A checkpoint's template in Jinja, and a format of the user's own: a rendered prefix, or one
// error.
#include <algorithm>
#include <cstdlib>

#include "encoders/text/chat_template.h"
#include "encoders/text/checkpoint_template.h"
#include "results/errors.h"

namespace {

void render(std::string_view format, const std::optional<std::string>& system) {
  try {
    const auto rendered = lidit::render_chat_template(format, system, "Describe\n{prompt}:");
    for (const auto& piece : rendered.prefix)
      if (piece.text.empty() && piece.kind != lidit::TemplatePiece::Kind::bos) std::abort();
    if (rendered.caption_lead.find_first_not_of(' ') != std::string::npos) std::abort();
  } catch (const lidit::SpecError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& system :
       {std::optional<std::string>(), std::optional<std::string>("{system} S")})
    render(text, system);
  try {
    const auto found = lidit::recognise_chat_template(text, "fuzz");
    const auto table = lidit::chat_template_table();
    if (std::ranges::find(table, found.name, &lidit::ChatTemplate::name) == table.end())
      std::abort();
    render(found.name, found.system_text);
  } catch (const lidit::FileError&) {
  }
  return 0;
}
