#include "harness/failure.h"

#include <c10/util/Exception.h>

#include <new>
#include <string_view>
#include <system_error>

#include "harness/exit_code.h"
#include "results/errors.h"

namespace lidit {
namespace {

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

Failure describe_system_error(const std::system_error& error) {
  if (error.code() == std::errc::no_space_on_device) {
    return {exit_machine_lacks, "no space left on the disk: " + first_line(error.what())};
  }
  if (error.code() == std::errc::not_enough_memory) {
    return {exit_machine_lacks, "not enough memory: " + first_line(error.what())};
  }
  return {exit_cell_failed, "the system refused: " + first_line(error.what())};
}

Failure describe_torch_error(const c10::Error& error) {
  const std::string line = first_line(error.what_without_backtrace());
  // LibTorch's CPU allocator throws a plain c10::Error.
  const bool memory = dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr ||
                      line.find("can't allocate memory") != std::string::npos;
  if (memory) return {exit_machine_lacks, "not enough memory: " + line};
  return {exit_cell_failed, "internal error: " + line};
}

}  // namespace

Failure describe_failure(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const UserError& mistake) {
    return {exit_user_mistake, first_line(mistake.what())};
  } catch (const MachineError& lack) {
    return {exit_machine_lacks, first_line(lack.what())};
  } catch (const std::bad_alloc&) {
    return {exit_machine_lacks, "not enough memory"};
  } catch (const c10::Error& broken) {
    return describe_torch_error(broken);
  } catch (const std::system_error& refused) {
    return describe_system_error(refused);
  } catch (const std::exception& broken) {
    return {exit_cell_failed, "internal error: " + first_line(broken.what())};
  } catch (...) {
    return {exit_cell_failed, "internal error of unknown kind"};
  }
}

}  // namespace lidit
