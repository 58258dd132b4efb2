// Where, when and with what a cell ran: beside the numbers, never among them.
#pragma once
#include <c10/core/Device.h>

#include <string>

#include "results/fields.h"

namespace lidit {

/// commit (with "-dirty"), host, device and its maker's name ("device_name": processor or GPU), cpu
/// capability, threads, versions, start time (UTC).
Fields provenance(c10::Device device);

/// The name of the processor, or of the GPU, as its maker calls it. A GPU must be open.
std::string device_name(c10::Device device);

}  // namespace lidit
