#include "harness/commands/table.h"

#include "harness/exit_code.h"
#include "harness/report/comparison_table.h"
#include "harness/spec_files.h"
#include "results/table.h"

namespace lidit {

int execute(const TableOptions& options, const CommandContext& context) {
  const TableFormat format = table_format(options.format);
  const AblationSpec spec = open_spec(options.spec, context.home, options.overrides);
  Table table = comparison_table(spec, collect_results(spec, context.home));
  if (options.without_timings) drop_timings(table);
  context.out << print(table, format);
  return exit_done;
}

}  // namespace lidit
