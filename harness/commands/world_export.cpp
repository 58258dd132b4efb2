#include "harness/commands/world_export.h"

#include "harness/exit_code.h"
#include "metrics/scenes/export_world.h"
#include "results/errors.h"

namespace lidit {

int execute(const WorldExportOptions& options, const CommandContext& context) {
  const scenes::World world({.preset = options.preset});
  const scenes::Split& split = world.split(options.split);
  std::int64_t count = options.count;
  if (count == 0 && split.name != "train") {
    throw UserError("world export: say --count, because split '" + split.name + "' has no end");
  }
  if (count == 0) count = world.captions();
  scenes::export_world(world, split.name, count, options.out, options.prompts_only ? 0 : 1);
  context.talk << "wrote " << count << (options.prompts_only ? " prompts of '" : " examples of '")
               << split.name << "' to " << options.out << std::endl;
  return exit_done;
}

}  // namespace lidit
