// Where tensors live: the CPU, or the GPU when there is one and LibTorch's part for it is here.
#pragma once
#include <c10/core/Device.h>

#include <string>
#include <string_view>

namespace lidit {

struct Device {
  c10::Device device;
  std::string name;  // as the maker calls it
  std::string note;  // why `auto` did not take a GPU that is there; empty otherwise
};

/// `choice` is auto, cpu or cuda. Loads libtorch_cuda.so when a driver is there; must come before
/// anything else asks LibTorch for CUDA. Throws UserError for another word, MachineError when cuda
/// is asked for and cannot be had.
Device open_device(std::string_view choice);

/// The processor's name as the system has it.
std::string processor_name();
/// Cores that this process may use.
int available_cores();
/// The folder LibTorch was loaded from.
std::string torch_folder();

}  // namespace lidit
