// The figures of a probe report, one function a probe.
#pragma once
#include <vector>

#include "metrics/probes/probe_report.h"

namespace lidit::probes {

/// Of the probes that ran, in their order.
std::vector<ProbeFigure> probe_figures(const ProbeReport& report);

}  // namespace lidit::probes
