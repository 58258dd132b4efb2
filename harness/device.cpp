#include "harness/device.h"

#include <ATen/Context.h>
#include <ATen/Version.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <sched.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "results/errors.h"
#include "results/names.h"

namespace lidit {
namespace {

// The driver's own library, which every program that uses the GPU shares. Never closed.
void* driver() {
  static void* const library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  return library;
}

bool driver_finds_a_gpu() {
  if (driver() == nullptr) return false;
  const auto initialise = reinterpret_cast<int (*)(unsigned)>(dlsym(driver(), "cuInit"));
  const auto count_devices = reinterpret_cast<int (*)(int*)>(dlsym(driver(), "cuDeviceGetCount"));
  int count = 0;
  return initialise != nullptr && count_devices != nullptr && initialise(0) == 0 &&
         count_devices(&count) == 0 && count > 0;
}

std::string gpu_name() {
  const auto device_get_name =
      reinterpret_cast<int (*)(char*, int, int)>(dlsym(driver(), "cuDeviceGetName"));
  std::array<char, 256> name{};
  if (device_get_name == nullptr || device_get_name(name.data(), name.size() - 1, 0) != 0) {
    return "unnamed GPU";
  }
  return name.data();
}

// Empty when the GPU can be used, else the reason why not.
std::string load_cuda() {
  if (!driver_finds_a_gpu()) return "no NVIDIA driver with a GPU is here";
  const std::string library = torch_folder() + "/libtorch_cuda.so";
  if (dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    return fmt::format("there is a GPU, but LibTorch's part for it cannot be loaded ({})",
                       dlerror());
  }
  if (!at::globalContext().hasCUDA()) return "there is a GPU, but LibTorch does not accept it";
  return "";
}

Device processor(std::string note) {
  return {c10::Device(c10::kCPU), processor_name(), std::move(note)};
}

}  // namespace

Device open_device(std::string_view choice) {
  const std::vector<std::string> choices = {"auto", "cpu", "cuda"};
  if (choice == "cpu") return processor("");
  if (choice != "auto" && choice != "cuda")
    throw UserError(unknown_name("device", choice, choices));
  const std::string obstacle = load_cuda();
  if (obstacle.empty()) return {c10::Device(c10::kCUDA, 0), gpu_name(), ""};
  if (choice == "cuda") {
    throw MachineError("--device cuda: " + obstacle +
                       "; use --device cpu, or a machine with a GPU");
  }
  return processor(driver_finds_a_gpu() ? obstacle : "");
}

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unnamed processor";
}

int available_cores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  return sched_getaffinity(0, sizeof cores, &cores) == 0 ? std::max(CPU_COUNT(&cores), 1) : 1;
}

std::string torch_folder() {
  Dl_info found{};
  const auto* symbol = reinterpret_cast<const void*>(&at::get_cpu_capability);
  if (dladdr(symbol, &found) == 0 || found.dli_fname == nullptr) return "";
  return std::filesystem::path(found.dli_fname).parent_path();
}

}  // namespace lidit
