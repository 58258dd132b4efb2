// What follows from the measurements and curves of a record: computed when it is read, so that
// every record has it, whenever it was made.
#pragma once
#include "results/record.h"

namespace lidit {

/// Adds to `record`, where it holds what they need and does not have them:
/// - SPLIT.slope of the splits position-*: change of binding from the beginning to the end of the
///   caption, by regression of binding.position.k on (k - 1/2) / objects. In a Latin square every
///   object stands at every position, so this is the slope with fixed effects of objects (P2).
/// - SPLIT.gap of the same: binding at the first position minus at the last.
/// - SPLIT.learning.area of every learning curve: its mean over training, by trapezoids from 0
///   binding at step 0 to the last point.
/// - SPLIT.learning.steps_to_50 and _90: where the curve first reaches that share of objects,
///   between points by a straight line. Without a value, and with the reason, where it never does.
void add_derived_measurements(Record& record);

}  // namespace lidit
