// The page of a comparison: its markup, looks and behaviour, around a list of pairs.
#pragma once
#include <string>
#include <string_view>

namespace lidit::human {

/// `data`: a JSON object {page, question, pairs: [{pair, caption, left, right}]}. It may hold any
/// text: nothing in it becomes markup.
std::string comparison_html(std::string_view data);

}  // namespace lidit::human
