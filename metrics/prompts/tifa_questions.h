// TIFA: captions with multiple-choice questions.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "results/errors.h"

namespace lidit::benchmarks {

struct TifaQuestion {
  std::string text;
  std::vector<std::string> choices;
  std::string answer;  // one of them
  std::string type;    // element_type
};

struct TifaCaption {
  std::string id, caption;
  std::vector<TifaQuestion> questions;  // in file order
};

/// A JSON list of {id, caption, question, choices, answer, element_type, ...}, one entry a
/// question. Captions are in the order in which they are first met. FileError naming `where` and
/// the entry for an answer that is no choice, an id with two captions, a question asked twice of
/// one caption, and for no question.
std::vector<TifaCaption> parse_tifa(std::string_view text, std::string_view where);

}  // namespace lidit::benchmarks
