#include "harness/program.h"

#include <cerrno>
#include <system_error>

#include "harness/command_line.h"
#include "harness/exit_code.h"
#include "harness/failure.h"

namespace lidit {
namespace {

int execute(const HelpRequest& help, const CommandContext& context) {
  context.out << help.text;
  return exit_done;
}

// What was printed may still fail to arrive: a full disk behind `>`.
void deliver(std::ostream& out) {
  errno = 0;
  out.flush();
  if (out) return;
  const std::error_code reason(errno != 0 ? errno : EIO, std::generic_category());
  throw std::system_error(reason, "standard output");
}

}  // namespace

int run_program(const std::vector<std::string>& arguments, const CommandContext& context) try {
  if (arguments.empty()) {
    context.talk << program_help();
    return exit_user_mistake;
  }
  const Invocation invocation = parse_command_line(arguments);
  const int code =
      std::visit([&](const auto& options) { return execute(options, context); }, invocation);
  deliver(context.out);
  return code;
} catch (...) {
  const Failure failure = describe_failure(std::current_exception());
  context.talk << "lidit: " << failure.sentence << std::endl;
  return failure.exit_code;
}

}  // namespace lidit
