#include "harness/readable_records.h"

namespace lidit {

std::vector<Record> readable_records(const RecordStore& store, const CommandContext& context) {
  std::vector<std::string> broken;
  std::vector<Record> records = store.list(&broken);
  for (const std::string& sentence : broken) context.talk << "left out: " << sentence << std::endl;
  return records;
}

}  // namespace lidit
