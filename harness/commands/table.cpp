#include "harness/commands/table.h"

#include "harness/exit_code.h"
#include "harness/report/comparison_table.h"
#include "harness/spec_files.h"
#include "results/table.h"

namespace lidit {

int execute(const TableOptions& options, const CommandContext& context) {
  const TableFormat format = table_format(options.format);
  const AblationSpec spec = open_spec(options.spec, context.home, options.overrides);
  const Timings timings = options.without_timings ? Timings::left_out : Timings::shown;
  context.out << print(comparison_table(spec, collect_results(spec, context.home), timings),
                       format);
  return exit_done;
}

}  // namespace lidit
