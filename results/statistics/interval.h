// Two numbers between which a third is thought to lie.
#pragma once

namespace lidit {

struct Interval {
  double low, high;
  bool operator==(const Interval&) const = default;
};

}  // namespace lidit
