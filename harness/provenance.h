// Where, when and with what a cell ran: beside the numbers, never among them.
#pragma once
#include <c10/core/Device.h>

#include "results/fields.h"

namespace lidit {

/// commit (with "-dirty"), host, device, cpu capability, threads, versions, start time (UTC).
Fields provenance(c10::Device device);

}  // namespace lidit
