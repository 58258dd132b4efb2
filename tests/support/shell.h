// The program itself, run through the shell as a user runs it.
#pragma once
#include <string>

namespace lidit {

struct ShellResult {
  int exit_code;  // 128 + N when a signal N ended it
  std::string out, talk;
};

/// A command of sh; "$LIDIT" is the program.
ShellResult run_shell(const std::string& command);

/// `lidit WORDS`, with the shell's own quoting, pipes and redirections; `environment` is put in
/// front ("LIDIT_HOME=/tmp/x").
ShellResult run_lidit(const std::string& words, const std::string& environment = "");

}  // namespace lidit
