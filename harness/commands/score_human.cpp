#include "harness/commands/score_human.h"

#include <fmt/format.h>

#include "harness/commands/score.h"
#include "harness/exit_code.h"
#include "harness/provenance.h"
#include "metrics/alignment/score_sheet.h"
#include "metrics/human/human_score.h"
#include "results/store.h"

namespace lidit {

int score_human(const ScoreOptions& options, const CommandContext& context) {
  refuse_unread("human", "--audit", !options.audit.empty());
  refuse_unread("human", "--prompts", !options.prompts.empty());
  refuse_unread("human", "--legacy", !options.legacy.empty());
  refuse_unread("human", "--category", !options.categories.empty());
  refuse_unread("human", "--clip", !options.clip.empty());
  refuse_unread("human", "--name", !options.name.empty());
  if (options.judges.empty())
    throw UserError("score: say --judge FILE.csv, once for each file of answers");
  const TableFormat format = table_format(options.format);
  const human::ComparisonKey key = human::read_comparison_key(options.images);
  const std::vector<std::filesystem::path> files(options.judges.begin(), options.judges.end());
  const human::Preferences preferences = human::read_preferences(key, files);
  if (!preferences.unjudged.empty() && !options.allow_missing)
    throw UserError(fmt::format(
        "{}: judgements: {}; --allow-missing scores the rest and marks the score", options.images,
        benchmarks::describe_missing(preferences.unjudged, std::ssize(key.pairs))));
  Fields provenance_fields = provenance(c10::kCPU);
  provenance_fields["images"] = options.images;
  provenance_fields["judges"] = options.judges;
  const Record record = human::comparison_record(key, preferences, std::move(provenance_fields));
  const RecordStore store(context.home.records());
  store.draft(record.fingerprint)->commit(record, human::comparison_rows(key, preferences), true);
  context.out << print(human::comparison_table(key, preferences), format);
  context.talk << "record " << store.place_of(record.fingerprint).filename().string() << std::endl;
  return exit_done;
}

}  // namespace lidit
