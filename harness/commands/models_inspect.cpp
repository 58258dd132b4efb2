#include "harness/commands/models_inspect.h"

#include "encoders/model_files.h"
#include "harness/exit_code.h"

namespace lidit {

int execute(const ModelsInspectOptions& options, const CommandContext& context) {
  context.out << describe_model(find_model(options.model, context.home.root));
  return exit_done;
}

}  // namespace lidit
