// What a model computes, counted while it computes: for strategies of any make, where no formula of
// shapes is at hand.
#pragma once
#include <functional>

namespace lidit {

/// FLOPs (a multiplication and an addition are two) of the matrix products, attentions and
/// convolutions that `work` runs on this thread, by the shapes that it meets. Everything else
/// counts as nothing, as in metrics/throughput/flops.h. Not for work within such work.
double count_flops(const std::function<void()>& work);

}  // namespace lidit
