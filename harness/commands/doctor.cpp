#include "harness/commands/doctor.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <fmt/format.h>
#include <torch/headeronly/version.h>

#include <filesystem>
#include <system_error>

#include "encoders/model_lock.h"
#include "harness/device.h"
#include "harness/exit_code.h"
#include "results/hash.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;

void say(std::ostream& out, std::string_view topic, std::string_view text) {
  out << fmt::format("{:<12}{}\n", topic, text);
}

std::string size_text(std::uintmax_t bytes) {
  constexpr double giga = 1e9, mega = 1e6;
  const auto count = static_cast<double>(bytes);
  return count >= giga ? fmt::format("{:.1f} GB", count / giga)
                       : fmt::format("{:.1f} MB", count / mega);
}

std::uintmax_t folder_size(const fs::path& folder) {
  std::uintmax_t bytes = 0;
  std::error_code ignored;  // files may come and go while we look
  for (auto entry = fs::recursive_directory_iterator(folder, ignored);
       entry != fs::recursive_directory_iterator(); entry.increment(ignored)) {
    const std::uintmax_t size = entry->is_regular_file(ignored) ? entry->file_size(ignored) : 0;
    if (!ignored) bytes += size;
  }
  return bytes;
}

std::string folder_text(const fs::path& folder) {
  if (!fs::is_directory(folder)) return folder.string() + " (not there yet)";
  return fmt::format("{} ({})", folder.string(), size_text(folder_size(folder)));
}

void report_machine(std::ostream& out) {
  say(out, "processor",
      fmt::format("{}, {} cores for this process, kernels: {}", processor_name(), available_cores(),
                  at::get_cpu_capability()));
  const Device device = open_device("auto");
  say(out, "GPU",
      device.device.is_cuda() ? device.name
      : device.note.empty()   ? "none, everything runs on the processor"
                              : device.note);
  say(out, "LibTorch",
      fmt::format("{} in {}, {} threads", TORCH_VERSION, torch_folder(), at::get_num_threads()));
}

// Empty when every file is what the lock says, else what is not.
std::string difference_from_lock(const LockedModel& model, const fs::path& folder) {
  for (const LockedModel::File& file : model.files) {
    const fs::path path = folder / file.name;
    if (!fs::is_regular_file(path)) return file.name + " is missing";
    if (hex(sha256_of_file(path)) != file.sha256) return file.name + " is not the locked file";
  }
  return "";
}

void report_models(std::ostream& out, const Home& home) {
  for (const LockedModel& model : model_lock()) {
    const fs::path folder = home.models() / model.name;
    if (!fs::is_directory(folder)) {
      say(out, "model", model.name + ": not fetched (lidit models fetch " + model.name + ")");
      continue;
    }
    const std::string difference = difference_from_lock(model, folder);
    say(out, "model",
        model.name + ": " +
            (difference.empty()
                 ? "every file as locked"
                 : difference + "; remove " + folder.string() + " and fetch it again"));
  }
}

void report_folders(std::ostream& out, const Home& home) {
  say(out, "home", home.root.string());
  say(out, "features", folder_text(home.features()));
  say(out, "records", folder_text(home.records()));
}

}  // namespace

int execute(const DoctorOptions&, const CommandContext& context) {
  report_machine(context.out);
  report_folders(context.out, context.home);
  report_models(context.out, context.home);
  return exit_done;
}

}  // namespace lidit
