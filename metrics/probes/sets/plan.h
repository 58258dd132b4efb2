// What a probe asks of an encoder: prompts, and the mean states of some of their words.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "metrics/probes/sets/sentence.h"

namespace lidit::probes {

/// The mean over the tokens of `prompt` that cover a byte of `range`.
struct StateRequest {
  std::int64_t prompt;
  ByteRange range;
};

class Plan {
 public:
  /// The number of this prompt; equal texts are one prompt.
  std::int64_t add_prompt(const std::string& text);
  /// The number of the mean state of these bytes of a prompt.
  std::int64_t ask(std::int64_t prompt, ByteRange range);
  /// Of the whole prompt: average pooling, as LI-DiT's gates have it.
  std::int64_t ask_pooled(std::int64_t prompt);
  /// The segments of a sentence, slot by slot.
  std::vector<std::int64_t> ask_segments(const Sentence& sentence);

  const std::vector<std::string>& prompts() const { return prompts_; }
  const std::vector<StateRequest>& requests() const { return requests_; }

 private:
  std::vector<std::string> prompts_;
  std::map<std::string, std::int64_t> numbers_;
  std::vector<StateRequest> requests_;
};

}  // namespace lidit::probes
