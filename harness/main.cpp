#include <unistd.h>

#include <csignal>
#include <iostream>

#include "harness/home.h"
#include "harness/program.h"
#include "harness/terminal/terminal.h"

int main(int argc, char** argv) {
  // `lidit ... | head` ends quietly, whatever the shell that started us had set.
  std::signal(SIGPIPE, SIG_DFL);
  std::ios::sync_with_stdio(false);
  return lidit::run_program({argv + 1, argv + argc},
                            {.home = lidit::home_from_environment(),
                             .in = std::cin,
                             .out = std::cout,
                             .talk = std::cerr,
                             .progress = lidit::progress_view(STDERR_FILENO),
                             .colour = lidit::shows_colour(STDOUT_FILENO)});
}
