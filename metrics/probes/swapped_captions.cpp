#include "metrics/probes/swapped_captions.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string>

#include "metrics/probes/formulas.h"
#include "results/philox.h"

namespace lidit::probes {
namespace {

/// The words with one space between them.
std::string without_spare_blanks(const std::string& text) {
  std::istringstream words(text);
  std::string line;
  for (std::string word; words >> word;) line += (line.empty() ? "" : " ") + word;
  return line;
}

/// Words, and punctuation marks one by one.
std::vector<std::string> words_and_marks(const std::string& text) {
  std::vector<std::string> found;
  bool goes_on = false;
  for (const char c : text) {
    const bool is_blank = c == ' ', is_mark = std::ispunct(static_cast<unsigned char>(c)) != 0;
    if (!is_blank && (is_mark || !goes_on)) found.emplace_back();
    if (!is_blank) found.back() += c;
    goes_on = !is_blank && !is_mark;
  }
  return found;
}

bool have_same_words(const std::string& caption, const std::string& negative) {
  const std::vector<std::string> a = words_and_marks(caption), b = words_and_marks(negative);
  return !a.empty() && !b.empty() && a.front() == b.front() && std::ranges::is_permutation(a, b);
}

}  // namespace

std::vector<SwapRequests> ask_swapped_captions(const Material& material, Plan& plan) {
  const std::vector<benchmarks::SwappedCaption>& all = material.swapped_captions;
  std::vector<SwapRequests> requests;
  for (const std::int64_t i :
       Philox(material.options.seed, "swapped captions").permutation(std::ssize(all))) {
    if (std::ssize(requests) == material.options.sets) break;
    const benchmarks::SwappedCaption& swapped = all[static_cast<std::size_t>(i)];
    const std::string caption = without_spare_blanks(swapped.caption),
                      negative = without_spare_blanks(swapped.negative);
    const auto ask = [&](const std::string& text) {
      return plan.ask_pooled(plan.add_prompt(text));
    };
    const std::int64_t whole = ask(caption);
    requests.push_back({whole, ask(negative), have_same_words(caption, negative)});
  }
  return requests;
}

std::vector<Measure> measure_swapped_captions(const std::vector<SwapRequests>& requests,
                                              const MeanStates& states) {
  constexpr double kRounding = 1e-9;  // of cosines
  Measure all{"swapped_captions", {}}, same_words{"swapped_captions.same_words", {}};
  if (requests.size() < 2) return {all, same_words};
  std::vector<std::int64_t> captions, negatives;
  for (const SwapRequests& swap : requests) {
    captions.push_back(swap.caption);
    negatives.push_back(swap.negative);
  }
  const Tensor whole = states.rows(captions), swapped = states.rows(negatives);  // (P,D)
  const double random = cosine_distance(whole, whole.roll({1}, {0})).mean().item<double>();
  if (!(random > kRounding)) return {all, same_words};
  const Tensor distances = cosine_distance(whole, swapped) / random;  // (P)
  for (std::size_t i = 0; i < requests.size(); ++i) {
    all.by_set.push_back(distances[static_cast<std::int64_t>(i)].item<double>());
    if (requests[i].same_words) same_words.by_set.push_back(all.by_set.back());
  }
  return {all, same_words};
}

}  // namespace lidit::probes
