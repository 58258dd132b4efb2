// All records of a store, with a word about those that cannot be read.
#pragma once
#include <vector>

#include "harness/commands/command_context.h"
#include "results/store.h"

namespace lidit {

/// The records, ordered by fingerprint; a line on `context.talk` for each that is broken.
std::vector<Record> readable_records(const RecordStore& store, const CommandContext& context);

}  // namespace lidit
