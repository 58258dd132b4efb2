#include "harness/commands/table.h"

#include "harness/exit_code.h"
#include "harness/report/against_table.h"
#include "harness/report/comparison_table.h"
#include "harness/spec_files.h"
#include "results/table.h"

namespace lidit {

int execute(const TableOptions& options, const CommandContext& context) {
  const TableFormat format = table_format(options.format);
  const AblationSpec spec = open_spec(options.spec, context.home, options.overrides);
  const SpecResults results = collect_results(spec, context.home);
  const Timings timings = options.without_timings ? Timings::left_out : Timings::shown;
  const Table table =
      options.against.empty()
          ? comparison_table(spec, results, timings)
          : against_table(spec, results, find_row(options.against, results, context.home));
  context.out << print(table, format);
  return exit_done;
}

}  // namespace lidit
