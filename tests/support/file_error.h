// What a reader says of a broken file.
#pragma once
#include <exception>
#include <string>

#include "results/errors.h"

namespace lidit {

/// The sentence of the FileError that `read` throws; says so when it throws none.
template <class Read>
std::string file_error_of(Read read) {
  try {
    read();
  } catch (const FileError& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("(another exception: ") + error.what() + ")";
  }
  return "(no error)";
}

}  // namespace lidit
