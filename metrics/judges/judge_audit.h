// What people say of answers that a judge gave: the sample from which its errors are known.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lidit::benchmarks {

/// One verdict of a judge, and the truth.
struct AuditedVerdict {
  std::string where, image;                // "00012 #3", the "id" of the raw rows and of plans
  std::optional<std::int64_t> question{};  // of that image; absent where it has one verdict
  bool judge = false, human = false;       // whether it is right
};

/// JSON Lines, or one JSON list, of {"id", "question", "judge", "human"} with true or false of
/// both. FileError for all else, for a verdict that is there twice, and for a file without any.
std::vector<AuditedVerdict> parse_judge_audit(std::string_view text, std::string_view where);

/// "'00012 #3'", or "question 2 of '12 #0'".
std::string describe_verdict(std::string_view image, std::optional<std::int64_t> question);

}  // namespace lidit::benchmarks
