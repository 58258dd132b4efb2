#include "harness/cell_checkpoint.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "harness/training/checkpoint.h"
#include "results/errors.h"
#include "results/files.h"

namespace lidit {

std::filesystem::path CellCheckpoint::file(const std::filesystem::path& folder,
                                           std::string_view fingerprint, c10::Device device) {
  const auto type = c10::DeviceTypeName(device.type(), /*lower_case=*/true);
  return folder / fmt::format("{}-{}.safetensors", fingerprint, type);
}

CellCheckpoint::CellCheckpoint(std::filesystem::path path, std::chrono::seconds every,
                               Trainer& trainer, LearningCurve& curve)
    : path_(std::move(path)),
      every_(every),
      trainer_(trainer),
      curve_(curve),
      next_(Clock::now() + every_) {
  if (path_.empty()) return;
  make_folder(path_.parent_path());
  remove_leftovers(path_.parent_path());
}

double CellCheckpoint::resume() try {
  if (path_.empty() || !std::filesystem::exists(path_)) return 0;
  const Tensor seconds = at::zeros({1});
  const c10::Device device = trainer_.parameters().front().tensor.device();
  load_checkpoint(path_, trainer_, [&](std::int64_t steps) {
    NamedTensors more = curve_.resume_at(steps, device);
    more.push_back({"seconds", seconds});
    return more;
  });
  return seconds.item<double>();
} catch (const FileError& error) {
  throw FileError(fmt::format("{}; without the file the cell begins again", error.what()));
}

void CellCheckpoint::keep(double seconds) {
  if (Clock::now() >= next_) write(seconds);
}

void CellCheckpoint::write(double seconds) {
  if (path_.empty()) return;
  const auto begin = Clock::now();
  NamedTensors more = curve_.state();
  more.push_back({"seconds", at::full({1}, seconds, at::kFloat)});
  try {
    save_checkpoint(path_, trainer_, more);
  } catch (const MachineError& error) {
    fmt::print(stderr, "no checkpoint of the cell: {}\n", error.what());
  }
  const auto end = Clock::now();
  next_ = end + std::max(every_, 50 * (end - begin));
}

}  // namespace lidit
