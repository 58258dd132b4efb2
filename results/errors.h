// The three ways in which a run can end badly (their exit codes: README, "Install and run").
#pragma once
#include <stdexcept>

namespace lidit {

/// The user's mistake: one sentence that says what, where and which choices. Exit code 2.
class UserError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A mistake in a spec or in an override: unknown key, bad value, contradiction.
class SpecError : public UserError {
  using UserError::UserError;
};

/// A file from outside that is broken, lies about itself or is of an unknown kind.
class FileError : public UserError {
  using UserError::UserError;
};

/// The machine lacks something (model, disk space, network); the sentence says what to do. Exit 3.
class MachineError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace lidit
