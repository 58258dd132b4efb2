#include "harness/provenance.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <fmt/chrono.h>
#include <torch/headeronly/version.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "harness/device.h"
#include "harness/home.h"
#include "results/fingerprint.h"

namespace lidit {
namespace {

/// `git describe` of the source folder, or "unknown" where there is no git or no repository.
std::string commit() {
  const std::string command =
      fmt::format("git -C '{}' describe --always --dirty --abbrev=12 2>/dev/null",
                  home_from_environment().source.string());
  std::string text;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::array<char, 128> buffer{};
  while (pipe && std::fgets(buffer.data(), buffer.size(), pipe.get())) text += buffer.data();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.empty() ? "unknown" : text;
}

std::string host() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

}  // namespace

std::string device_name(c10::Device device) {
  return open_device(device.is_cuda() ? "cuda" : "cpu").name;
}

Fields provenance(c10::Device device) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return {{"commit", commit()},
          {"host", host()},
          {"device", device.str()},
          {"device_name", device_name(device)},
          {"cpu", at::get_cpu_capability()},
          {"threads", std::int64_t{at::get_num_threads()}},
          {"libtorch", std::string(TORCH_VERSION)},
          {"compiler", std::string("g++ " __VERSION__)},
          {"numerics", kNumerics},
          {"started", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now))}};
}

}  // namespace lidit
