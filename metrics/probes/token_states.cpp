#include "metrics/probes/token_states.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>

#include "results/errors.h"

namespace lidit::probes {
namespace {

constexpr std::size_t kPromptsAtOnce = 256;

struct TokenSpan {
  std::int64_t begin, end;
  bool empty() const { return end <= begin; }
  bool covers(const ByteRange& range) const { return begin < range.end && end > range.begin; }
};

/// The tokens of prompt `i`.
std::vector<TokenSpan> spans_of(const TokenStates& states, std::int64_t i) {
  const auto offsets = states.offsets.accessor<std::int64_t, 1>();
  const auto spans = states.spans.accessor<std::int64_t, 2>();
  std::vector<TokenSpan> tokens;
  for (std::int64_t row = offsets[i]; row < offsets[i + 1]; ++row)
    tokens.push_back({spans[row][0], spans[row][1]});
  return tokens;
}

/// Where the caption's first token begins; that of every encoder where there are several.
std::int64_t first_byte(const std::vector<TokenSpan>& tokens) {
  std::int64_t first = INT64_MAX;
  for (const TokenSpan& token : tokens)
    if (!token.empty()) first = std::min(first, token.begin);
  return first;
}

bool is_usable(const TokenSpan& token, std::int64_t first) {
  return !token.empty() && token.begin > first;
}

/// The centre of a token among `begins` (ascending), as a fraction of their number.
double position_of(const TokenSpan& token, const std::vector<std::int64_t>& begins) {
  const auto [from, to] = std::ranges::equal_range(begins, token.begin);
  const double before = static_cast<double>(from - begins.begin());
  return (before + 0.5 * static_cast<double>(to - from)) / static_cast<double>(begins.size());
}

/// Tokens of one prompt.
class PromptStates {
 public:
  PromptStates(const TokenStates& states, std::int64_t i)
      : tokens_(spans_of(states, i)),
        first_(first_byte(tokens_)),
        rows_(states.states.slice(0, states.offsets[i].item<std::int64_t>(),
                                  states.offsets[i + 1].item<std::int64_t>())) {
    for (const TokenSpan& token : tokens_)
      if (!token.empty()) begins_.push_back(token.begin);
    std::ranges::sort(begins_);
  }

  std::int64_t caption_tokens() const { return std::ssize(begins_); }
  /// The usable tokens that cover a byte of `range`.
  std::vector<std::int64_t> covering(const ByteRange& range) const {
    std::vector<std::int64_t> covering;
    for (std::size_t t = 0; t < tokens_.size(); ++t)
      if (is_usable(tokens_[t], first_) && tokens_[t].covers(range))
        covering.push_back(static_cast<std::int64_t>(t));
    return covering;
  }
  /// (D) fp64.
  Tensor mean(const std::vector<std::int64_t>& tokens) const {
    return rows_.index_select(0, at::tensor(tokens, at::kLong)).to(at::kDouble).mean(0);
  }
  double centre(const std::vector<std::int64_t>& tokens) const {
    double position = 0;
    for (const std::int64_t t : tokens)
      position += position_of(tokens_[static_cast<std::size_t>(t)], begins_);
    return position / static_cast<double>(tokens.size());
  }

 private:
  std::vector<TokenSpan> tokens_;
  std::int64_t first_;
  Tensor rows_;  // (T,D)
  std::vector<std::int64_t> begins_;
};

/// The numbers of the requests of each prompt.
std::vector<std::vector<std::size_t>> requests_by_prompt(const Plan& plan) {
  std::vector<std::vector<std::size_t>> by_prompt(plan.prompts().size());
  for (std::size_t q = 0; q < plan.requests().size(); ++q)
    by_prompt[static_cast<std::size_t>(plan.requests()[q].prompt)].push_back(q);
  return by_prompt;
}

/// One subject's answers, as they come in.
class Collector {
 public:
  explicit Collector(const Plan& plan) : plan_(plan), means_(plan.requests().size()) {
    result_.tokens.resize(means_.size());
    result_.positions.resize(means_.size());
  }

  void take(const PromptStates& prompt, std::span<const std::size_t> requests) {
    result_.prompt_tokens.push_back(prompt.caption_tokens());
    for (const std::size_t q : requests) {
      const std::vector<std::int64_t> tokens = prompt.covering(plan_.requests()[q].range);
      if (tokens.empty()) refuse(plan_.requests()[q]);
      means_[q] = prompt.mean(tokens);
      result_.tokens[q] = std::ssize(tokens);
      result_.positions[q] = prompt.centre(tokens);
    }
  }

  MeanStates finish(const Standardization& standardization) {
    result_.means = (at::stack(means_) - standardization.mean) * standardization.scale;
    if (!at::isfinite(result_.means).all().item<bool>())
      throw UserError("the encoder gives states that are no finite numbers: nothing can be probed");
    return std::move(result_);
  }

 private:
  [[noreturn]] void refuse(const StateRequest& request) const {
    const std::string& text = plan_.prompts()[static_cast<std::size_t>(request.prompt)];
    throw UserError(
        fmt::format("no state belongs to \"{}\" of the prompt \"{}\": a probe needs an encoder "
                    "whose tokens say "
                    "which bytes they cover",
                    text.substr(static_cast<std::size_t>(request.range.begin),
                                static_cast<std::size_t>(request.range.end - request.range.begin)),
                    text));
  }

  const Plan& plan_;
  std::vector<Tensor> means_;  // (D) each
  MeanStates result_;
};

}  // namespace

TokenStates token_states(const EncoderFeatures& features) {
  TORCH_CHECK(features.layers.size(0) == 1, "one hidden state a token is probed, got ",
              features.layers.size(0));
  return {features.layers[0].cpu(), features.offsets.cpu(), features.spans.cpu()};
}

TokenStates token_states(const Conditioning& conditioning, const FrozenFeatures& features) {
  TORCH_CHECK(conditioning.tokens.size(0) == 1, "one set of tokens for all blocks is probed, got ",
              conditioning.tokens.size(0));
  const Tensor mask = conditioning.mask.cpu(), source = conditioning.source.cpu();
  const Tensor real = mask.logical_and(source.select(2, 1) >= 0);  // (B,T)
  Tensor spans = at::zeros({mask.size(0), mask.size(1), 2}, at::kLong);
  for (std::size_t e = 0; e < features.size(); ++e) {
    const Tensor here = real.logical_and(source.select(2, 0) == static_cast<std::int64_t>(e));
    const Tensor begin = features[e].offsets.cpu().slice(0, 0, -1).unsqueeze(1);  // (B,1)
    const Tensor rows = (begin + source.select(2, 1)).masked_select(here);
    spans.index_put_({here}, features[e].spans.cpu().index_select(0, rows));
  }
  const Tensor lengths = mask.sum(1);
  return {conditioning.tokens[0].detach().cpu().index({mask}),
          at::cat({at::zeros({1}, at::kLong), lengths.cumsum(0)}), spans.index({mask})};
}

Standardization standardization_of(const TokenStates& neutral) {
  std::vector<std::int64_t> rows;
  const auto offsets = neutral.offsets.accessor<std::int64_t, 1>();
  for (std::int64_t i = 0; i + 1 < neutral.offsets.size(0); ++i) {
    const std::vector<TokenSpan> tokens = spans_of(neutral, i);
    const std::int64_t first = first_byte(tokens);
    for (std::size_t t = 0; t < tokens.size(); ++t)
      if (is_usable(tokens[t], first)) rows.push_back(offsets[i] + static_cast<std::int64_t>(t));
  }
  if (rows.size() < 2)
    throw UserError(
        "these features do not say which bytes of a prompt their tokens cover (spans), so that no "
        "word can be found in them");
  const Tensor states = neutral.states.index_select(0, at::tensor(rows, at::kLong)).to(at::kDouble);
  const Tensor mean = states.mean(0);
  const Tensor deviation = (states - mean).square().mean(0).sqrt();
  return {mean, at::where(deviation > 0, deviation.reciprocal(), at::ones_like(deviation))};
}

Tensor MeanStates::rows(std::span<const std::int64_t> requests) const {
  return means.index_select(
      0, at::tensor(std::vector<std::int64_t>(requests.begin(), requests.end()), at::kLong));
}

std::vector<MeanStates> mean_states(const Plan& plan, std::span<const Subject> subjects,
                                    const TellDone& tell) {
  const std::vector<std::string>& prompts = plan.prompts();
  const auto by_prompt = requests_by_prompt(plan);
  std::vector<Collector> collectors(subjects.size(), Collector(plan));
  for (std::size_t begin = 0; begin < prompts.size(); begin += kPromptsAtOnce) {
    const std::size_t count = std::min(kPromptsAtOnce, prompts.size() - begin);
    for (std::size_t s = 0; s < subjects.size(); ++s) {
      const TokenStates states = subjects[s].encode(std::span(prompts).subspan(begin, count));
      TORCH_CHECK(states.offsets.size(0) == static_cast<std::int64_t>(count) + 1, "states of ",
                  states.offsets.size(0) - 1, " prompts for ", count);
      for (std::size_t i = 0; i < count; ++i)
        collectors[s].take(PromptStates(states, static_cast<std::int64_t>(i)),
                           by_prompt[begin + i]);
    }
    tell(static_cast<std::int64_t>(begin + count));
  }
  std::vector<MeanStates> results;
  for (std::size_t s = 0; s < subjects.size(); ++s)
    results.push_back(collectors[s].finish(subjects[s].standardization));
  return results;
}

}  // namespace lidit::probes
