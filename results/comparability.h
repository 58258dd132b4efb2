// Whether two records speak of the same thing. Scores of different worlds, prompt sets or scorers
// differ for reasons that no test of the systems can tell apart.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "results/record.h"

namespace lidit {

/// Keys of a record's context, or else of what it was asked, that must be equal, or absent from
/// both: "world" (what was drawn), "prompts" (the hash of a benchmark's), "scorer" (with its
/// version) and "numerics"; and the scorer's switches, "legacy.*". What is done to the first token
/// ("encoder.bos", of each encoder) must be equal too unless nothing else that was asked differs:
/// it weighs as much as an instruction does. One sentence that says what differs; nothing where the
/// records may be compared.
std::optional<std::string> refuse_comparison(const Record& a, const Record& b);

/// The prompts behind a measurement, from the raw rows of two records: ids and captions must be the
/// same. They are the rows whose "split" is the measurement's first part ("structures" of
/// "structures.binding"), or all rows where none has a split. One sentence, or nothing.
std::optional<std::string> refuse_comparison(std::span<const Fields> a, std::span<const Fields> b,
                                             std::string_view measurement);

}  // namespace lidit
