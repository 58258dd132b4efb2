#include "harness/trained_cell.h"

#include <fmt/format.h>

#include "harness/settings.h"
#include "results/errors.h"
#include "results/store.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;

/// Whether the files that the cell read are the same today, whatever the program has become.
bool reads_the_same_files(const Record& record, const Home& home) {
  Identity today = identify(record.asked, home.root);
  today.numerics = get_or<std::int64_t>(record.context, "numerics", today.numerics);
  return fingerprint(today) == record.fingerprint;
}

Fields without_metrics(Fields settings) {
  std::erase_if(settings,
                [](const auto& setting) { return setting.first.starts_with("metrics."); });
  return settings;
}

}  // namespace

TrainedCell find_trained_cell(const std::string& name, std::string_view command, const Home& home) {
  const fs::path folder =
      fs::is_directory(name) ? fs::path(name) : RecordStore(home.records()).resolve(name);
  TrainedCell cell{folder, folder / "weights.safetensors", read_record(folder)};
  const std::string what =
      fmt::format("{}: {} ({})", command, folder.filename().string(), cell.record.name);
  if (!fs::exists(cell.weights)) throw UserError(what + " has no weights: only trained cells have");
  if (!reads_the_same_files(cell.record, home))
    throw UserError(what + " was trained with other files of its language model than are here now");
  return cell;
}

std::optional<TrainedCell> find_trained_twin(const Fields& resolved, const Home& home) {
  const RecordStore store(home.records());
  const Fields wanted = without_metrics(resolved);
  for (const Record& record : store.list()) {
    const fs::path folder = store.place_of(record.fingerprint);
    TrainedCell cell{folder, folder / "weights.safetensors", record};
    if (record.status == Status::done && record.asked != resolved && fs::exists(cell.weights) &&
        without_metrics(record.asked) == wanted &&
        fingerprint(identify(record.asked, home.root)) == record.fingerprint)
      return cell;
  }
  return std::nullopt;
}

}  // namespace lidit
