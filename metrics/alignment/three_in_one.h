// T2I-CompBench's 3-in-1 score: complex prompts by three judges, recomputed from what each said.
#pragma once
#include <span>
#include <string>

#include "metrics/alignment/switches.h"
#include "metrics/judges/compbench_answers.h"
#include "metrics/prompts/compbench_prompts.h"

namespace lidit::benchmarks {

/// The finished answer of each image in `answers.complex` is made anew from its three judges: the
/// mean of BLIP-VQA and UniDet for a spatial prompt, of BLIP-VQA and CLIP for one of an action, of
/// all three for one of both; `parts` says of what. `prompts` are those of the complex category,
/// in file order. FileError for a finished answer that its parts do not give (agrees_with), for an
/// image of no prompt, and for a prompt of no kind, unless its score is there finished: then it is
/// left as it was judged.
void recompute_three_in_one(CompBenchAnswers& answers, std::span<const std::string> prompts,
                            const ComplexKinds& kinds, const Switches& switches);

}  // namespace lidit::benchmarks
