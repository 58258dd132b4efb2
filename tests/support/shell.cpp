#include "tests/support/shell.h"

#include <sys/wait.h>

#include <cstdlib>

#include "tests/support/temporary_folder.h"

namespace lidit {

ShellResult run_shell(const std::string& command) {
  const TemporaryFolder folder;
  const std::string out = folder.path() / "out", talk = folder.path() / "talk";
  const std::string script =
      "LIDIT='" LIDIT_PROGRAM "'; { " + command + "\n} >" + out + " 2>" + talk;
  const int status = std::system(script.c_str());
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, read_bytes(out), read_bytes(talk)};
}

ShellResult run_lidit(const std::string& words, const std::string& environment) {
  return run_shell(environment + " \"$LIDIT\" " + words);
}

}  // namespace lidit
