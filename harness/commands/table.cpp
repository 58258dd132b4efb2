#include "harness/commands/table.h"

#include <fmt/format.h>

#include <filesystem>
#include <span>

#include "harness/exit_code.h"
#include "harness/report/against_table.h"
#include "harness/report/comparison_table.h"
#include "harness/report/rank_table.h"
#include "harness/report/spec_figures.h"
#include "harness/spec_files.h"
#include "results/errors.h"
#include "results/files.h"
#include "results/table.h"

namespace lidit {
namespace {

Table make_table(const TableOptions& options, const AblationSpec& spec, const SpecResults& results,
                 const Home& home) {
  if (!options.against.empty() && !options.ranks.empty())
    throw UserError("table: --against and --ranks are two tables: ask for one of them");
  if (!options.against.empty())
    return against_table(spec, results, find_row(options.against, results, home));
  if (!options.ranks.empty()) {
    const AblationSpec other = open_spec(options.ranks, home);
    return rank_table(spec, results, other, collect_results(other, home));
  }
  return comparison_table(spec, results,
                          options.without_timings ? Timings::left_out : Timings::shown);
}

void write_figures(const AblationSpec& spec, std::span<const SpecFigure> figures,
                   const std::filesystem::path& folder, const CommandContext& context) {
  if (figures.empty())
    throw UserError(fmt::format("table: --figures: '{}' has no [[figure]] to draw", spec.name));
  make_folder(folder);
  for (const SpecFigure& figure : figures) {
    const std::filesystem::path file = folder / (figure.name + ".svg");
    write_file(file, figure.svg);
    context.talk << fmt::format("{}: {}", file.string(), figure.caption) << std::endl;
  }
}

}  // namespace

int execute(const TableOptions& options, const CommandContext& context) {
  const TableFormat format = table_format(options.format);
  const AblationSpec spec = open_spec(options.spec, context.home, options.overrides);
  const SpecResults results = collect_results(spec, context.home);
  const Table table = make_table(options, spec, results, context.home);
  context.out << print(table, format);
  const std::vector<SpecFigure> figures = draw_figures(spec, results);
  if (format == TableFormat::html && options.against.empty() && options.ranks.empty())
    for (const SpecFigure& figure : figures)
      context.out << fmt::format("<figure>\n{}<figcaption>{}</figcaption>\n</figure>\n", figure.svg,
                                 escape_markup(figure.caption));
  if (!options.figures.empty()) write_figures(spec, figures, options.figures, context);
  return exit_done;
}

}  // namespace lidit
