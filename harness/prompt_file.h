// Prompts from a text file: one a line.
#pragma once
#include <filesystem>
#include <istream>
#include <string>
#include <vector>

#include "encoders/prompt.h"

namespace lidit {

/// The lines of `file`, or of `in` where the file is called "-". Lines may end in CR LF, the last
/// one need not end at all; an empty line is an empty prompt, so that line i is prompt i. A byte
/// order mark at the start is no part of the first prompt. Throws UserError when there is no line,
/// FileError when the file cannot be read or is larger than 1 GiB.
std::vector<Prompt> read_prompt_file(const std::filesystem::path& file, std::istream& in);

}  // namespace lidit
