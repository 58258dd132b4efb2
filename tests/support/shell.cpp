#include "tests/support/shell.h"

#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/support/temporary_folder.h"

namespace lidit {

ShellResult run_lidit(const std::string& words, const std::string& environment) {
  const TemporaryFolder folder;
  const std::string out = folder.path() / "out", talk = folder.path() / "talk";
  const std::string command =
      "{ " + environment + " " LIDIT_PROGRAM " " + words + " ; } >" + out + " 2>" + talk;
  const int status = std::system(command.c_str());
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, read_bytes(out), read_bytes(talk)};
}

}  // namespace lidit
