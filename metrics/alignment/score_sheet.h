// One place for each image that a benchmark asks for, and what was entered there.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/fields.h"

namespace lidit::benchmarks {

struct ImageScore {
  std::string prompt, category;
  std::int64_t prompt_number = 0;  // in the order of the prompt set
  std::int64_t image = 0;          // among the images of its prompt
  double value = 0;                // in 0..1
  Fields evidence{};               // what it follows from
};

/// An image set or a judge file that is not complete: refuse it, or score what is there.
enum class Missing { refuse, allow };

/// Takes every score once. What is entered twice, for an unknown prompt or image, or is not in 0..1
/// (NaN is not) is a FileError that names where it was read.
class ScoreSheet {
 public:
  explicit ScoreSheet(std::int64_t images_per_prompt) : images_per_prompt_(images_per_prompt) {}

  /// A prompt whose images are to be scored; std::logic_error for an id that is there already.
  void expect(std::string_view prompt, std::string_view category);
  /// The prompt of that id, as it was expected; FileError naming `where` for another.
  std::int64_t number_of(std::string_view prompt, std::string_view where) const;
  void enter(std::string_view prompt, std::int64_t image, double value, Fields evidence,
             std::string_view where);

  std::int64_t expected() const { return std::ssize(prompts_) * images_per_prompt_; }
  /// "prompt #image" of every place that is empty.
  std::vector<std::string> missing() const;
  /// All scores in the order of the prompt set. UserError that lists what is missing, unless that
  /// is allowed; and for a sheet on which there is nothing.
  std::vector<ImageScore> finish(Missing missing, std::string_view where) const;

 private:
  struct Prompt {
    std::string id, category;
    std::vector<std::optional<ImageScore>> images;
  };
  std::int64_t images_per_prompt_;
  std::vector<Prompt> prompts_;
  std::map<std::string, std::int64_t, std::less<>> numbers_;
};

/// "a, b, c", and after ten of them "...".
std::string name_some(const std::vector<std::string>& names);
/// "3 of 12 images are missing: a, b, c" with at most ten of them named.
std::string describe_missing(const std::vector<std::string>& missing, std::int64_t expected);

}  // namespace lidit::benchmarks
