// Options that several commands declare alike, and commands whose options fill a file of their own.
#pragma once
#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/commands/probe.h"

namespace lidit {

/// Refuses everything but whole numbers of at least `least`.
CLI::Validator whole_number(std::int64_t least);

void declare_device(CLI::App& command, std::string& device);
/// --set KEY=VALUE, again and again.
void declare_overrides(CLI::App& command, std::vector<std::string>& overrides, const char* summary);

/// What the options mean stands in the command's header.
void declare(CLI::App& command, ProbeOptions& options);

}  // namespace lidit
