#include "harness/trained_cell.h"

#include <fmt/format.h>

#include "results/errors.h"
#include "results/store.h"

namespace lidit {

TrainedCell find_trained_cell(const std::string& record, const Home& home,
                              std::string_view command) {
  namespace fs = std::filesystem;
  const fs::path folder =
      fs::is_directory(record) ? fs::path(record) : RecordStore(home.records()).resolve(record);
  const Record found = read_record(folder);
  const fs::path weights = folder / "weights.safetensors";
  if (!fs::exists(weights))
    throw UserError(fmt::format("{}: {} ({}) has no weights; take a trained cell", command,
                                folder.filename().string(), found.name));
  return {.folder = folder, .weights = weights, .name = found.name, .asked = found.asked};
}

}  // namespace lidit
