#include "harness/experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "harness/settings.h"
#include "results/errors.h"
#include "results/fingerprint.h"
#include "results/store.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace lidit {
namespace {

Fields tiny_cell(const std::string& strategy) {
  return {{"strategy", strategy},
          {"world.preset", std::string("tiny")},
          {"backbone.size", std::string("tiny")},
          {"train.steps", std::int64_t{6}},
          {"train.warmup", std::int64_t{2}},
          {"train.batch", std::int64_t{8}},
          {"evaluation.splits", std::vector<std::string>{"seen", "position-seen"}},
          {"evaluation.prompts", std::int64_t{10}},
          {"evaluation.curve_every", std::int64_t{3}},
          {"evaluation.images", std::int64_t{2}}};
}

ExperimentContext context_in(const std::filesystem::path& folder) {
  return {.home = folder, .folder = folder, .device = c10::kCPU, .tell = [](auto, auto, auto) {}};
}

ExperimentResult run(const Fields& asked, const std::filesystem::path& folder) {
  return run_experiment(resolve(asked, folder), context_in(folder));
}

std::string mistake(const Fields& asked) {
  try {
    resolve(asked, "no-home");
  } catch (const UserError& error) {
    return error.what();
  }
  return "no mistake";
}

/// Scores without timings.
std::vector<Measurement> scores(const Record& record) {
  std::vector<Measurement> kept;
  for (const Measurement& m : record.measurements)
    if (m.unit == "fraction") kept.push_back(m);
  return kept;
}

TEST(Experiment, GivesTheSameScoresWeightsAndCurvesTwice) {
  const TemporaryFolder first, second;
  const ExperimentResult a = run(tiny_cell("scene-tokens"), first.path());
  const ExperimentResult b = run(tiny_cell("scene-tokens"), second.path());
  EXPECT_EQ(a.record.status, Status::done) << a.record.reason;
  EXPECT_EQ(a.record.fingerprint, b.record.fingerprint);
  EXPECT_EQ(scores(a.record), scores(b.record));
  EXPECT_EQ(a.record.series, b.record.series);
  EXPECT_EQ(a.prompts, b.prompts);
  EXPECT_EQ(read_bytes(first.path() / "weights.safetensors"),
            read_bytes(second.path() / "weights.safetensors"));
}

TEST(Experiment, SaysHowLongItsFeaturesTookOfAllPrompts) {
  const TemporaryFolder folder;
  const ExperimentResult result = run(tiny_cell("scene-tokens"), folder.path());
  const Measurement* features = result.record.find("features.seconds");
  ASSERT_NE(features, nullptr);
  EXPECT_EQ(features->unit, "s");
  EXPECT_GT(*features->value, 0);
  EXPECT_GT(features->n, std::ssize(result.prompts));  // those of training too
}

TEST(Experiment, KeepsARowPerPromptACurveAndTheFirstImages) {
  const TemporaryFolder folder;
  const ExperimentResult result = run(tiny_cell("scene-tokens"), folder.path());
  EXPECT_EQ(result.prompts.size(), 20u);
  EXPECT_THAT(result.prompts.front(), testing::Contains(testing::Key("found")));
  EXPECT_EQ(result.record.series.front().x, (std::vector<double>{3, 6}));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "images" / "seen-001.png"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "images" / "seen-002.png"));
}

/// A cell whose checkpoints are written after every step, and what ends it at step `last`.
template <class End>
ExperimentResult run_until(const Fields& asked, const std::filesystem::path& folder,
                           std::int64_t last, const End& end) {
  ExperimentContext context = context_in(folder);
  context.tell = [&](std::string_view work, std::int64_t done, auto) {
    if (work == "training" && done == last) end();
  };
  context.checkpoints = folder / "checkpoints";
  context.checkpoint_every = std::chrono::seconds(0);
  return run_experiment(resolve(asked, folder), context);
}

TEST(Experiment, ThatIsStoppedOrKilledGoesOnAndEndsAsIfItHadNotBeen) {
  struct Killed {};
  const auto stop = [] { throw Stopped(); };
  const auto kill = [] { throw Killed(); };
  for (const std::int64_t curve_every : {0, 3}) {
    const TemporaryFolder whole, parts;
    Fields cell = tiny_cell("scene-tokens");
    cell["evaluation.curve_every"] = curve_every;
    const ExperimentResult expected = run(cell, whole.path());
    EXPECT_THROW(run_until(cell, parts.path(), 2, stop), Stopped);
    EXPECT_THROW(run_until(cell, parts.path(), 4, kill), Killed);
    EXPECT_THROW(run_until(cell, parts.path(), 6, stop), Stopped);
    const ExperimentResult found = run_until(cell, parts.path(), 6, stop);
    EXPECT_EQ(scores(found.record), scores(expected.record));
    EXPECT_EQ(found.record.series, expected.record.series);
    EXPECT_EQ(found.prompts, expected.prompts);
    EXPECT_EQ(read_bytes(parts.path() / "weights.safetensors"),
              read_bytes(whole.path() / "weights.safetensors"));
  }
}

TEST(Experiment, NamesACheckpointThatIsBrokenOrHasOtherTensors) {
  const TemporaryFolder folder;
  const Fields cell = tiny_cell("scene-tokens");
  const auto stop = [] { throw Stopped(); };
  EXPECT_THROW(run_until(cell, folder.path(), 2, stop), Stopped);
  const std::filesystem::path file =
      std::filesystem::directory_iterator(folder.path() / "checkpoints")->path();
  const std::string bytes = read_bytes(file);
  const std::size_t name = bytes.find("curve.losses_since");
  ASSERT_NE(name, std::string::npos);
  for (const std::string& broken :
       {bytes.substr(0, 100), std::string(bytes).replace(name, 5, "other")}) {
    std::ofstream(file, std::ios::binary) << broken;
    EXPECT_THAT([&] { run_until(cell, folder.path(), 6, stop); },
                testing::ThrowsMessage<FileError>(testing::HasSubstr("begins again")));
  }
}

/// A metric that gives every picture of the folder $1 a score of 1.
const std::string kOnes =
    R"sh(sed 's/.*"id": *"\([^"]*\)".*/{"id": "\1", "score": 1}/' "$1/captions.jsonl")sh";

TEST(Experiment, DoesNotTrainAgainForAMetricMore) {
  const TemporaryFolder home;
  Fields asked = tiny_cell("scene-tokens");
  const RecordStore store(home.path() / "records");
  const std::string first = fingerprint(identify(resolve(asked, home.path()), home.path()));
  const auto draft = store.draft(first);
  const auto run_in = [&](const std::filesystem::path& folder) {
    return run_experiment(resolve(asked, home.path()),
                          {.home = home.path(),
                           .folder = folder,
                           .device = c10::kCPU,
                           .tell = [&](auto work, auto, auto) {
                             EXPECT_TRUE(work != "training" || folder == draft->folder());
                           }});
  };
  const ExperimentResult plain = run_in(draft->folder());
  draft->commit(plain.record, plain.prompts);
  asked["metrics.ones.command"] = std::vector<std::string>{"sh", "-c", kOnes, "sh", "{folder}"};
  const TemporaryFolder folder;
  const ExperimentResult again = run_in(folder.path());
  EXPECT_EQ(again.record.status, Status::done) << again.record.reason;
  EXPECT_EQ(again.record.context.at("trained_as"), Value(first));
  EXPECT_EQ(scores(again.record), scores(plain.record));
  EXPECT_EQ(again.record.series, plain.record.series);
  ASSERT_NE(again.record.find("seen.metrics.ones"), nullptr);
  EXPECT_EQ(again.record.find("seen.metrics.ones")->value, 1.0);
  EXPECT_EQ(read_bytes(folder.path() / "weights.safetensors"),
            read_bytes(store.place_of(first) / "weights.safetensors"));
}

TEST(Experiment, KeepsItsScoresWhenAMetricFails) {
  const TemporaryFolder folder;
  Fields asked = tiny_cell("scene-tokens");
  // The rehearsal has two pictures.
  asked["metrics.late.command"] = std::vector<std::string>{
      "sh", "-c", "test $(wc -l < \"$1/captions.jsonl\") -le 2 || exit 7; " + kOnes, "sh",
      "{folder}"};
  const Record record = run(asked, folder.path()).record;
  EXPECT_EQ(record.status, Status::done) << record.reason;
  EXPECT_TRUE(record.find("seen.binding")->value);
  EXPECT_FALSE(record.find("seen.metrics.late")->value);
  EXPECT_THAT(record.find("seen.metrics.late")->reason, testing::HasSubstr("7"));
}

TEST(Experiment, AnotherSeedIsAnotherCell) {
  const TemporaryFolder folder;
  Fields other = tiny_cell("scene-tokens");
  other["seed"] = std::int64_t{1};
  EXPECT_NE(run(tiny_cell("scene-tokens"), folder.path()).record.fingerprint,
            run(other, folder.path()).record.fingerprint);
}

TEST(Experiment, TheVerifierOnTrueImagesScoresExactlyOne) {
  const TemporaryFolder folder;
  const ExperimentResult result = run(tiny_cell("verifier"), folder.path());
  EXPECT_EQ(result.record.find("seen.binding")->value, 1.0);
}

TEST(Experiment, ABagOfWordsLiesBetweenChanceAndTheVerifier) {
  const TemporaryFolder folder;
  const auto binding = [&](const char* strategy) {
    return *run(tiny_cell(strategy), folder.path()).record.find("position-seen.binding")->value;
  };
  EXPECT_GT(binding("bag-oracle"), binding("chance"));
  EXPECT_LT(binding("bag-oracle"), 1);
}

TEST(Settings, NameTheChoicesOfWhatIsUnknown) {
  EXPECT_THAT(mistake({}), testing::HasSubstr("strategy is not set"));
  Fields split = tiny_cell("chance");
  split["evaluation.splits"] = std::vector<std::string>{"sene"};
  EXPECT_THAT(mistake(split), testing::HasSubstr("did you mean 'seen'"));
}

TEST(Settings, RefuseFewerPromptsThanARotatedSplitsSetHas) {
  Fields asked = tiny_cell("chance");
  asked["evaluation.prompts"] = std::int64_t{1};
  EXPECT_THAT(
      mistake(asked),
      testing::StartsWith("evaluation.prompts = 1: the split 'position-seen' consists of "));
  asked["evaluation.splits"] = std::vector<std::string>{"seen"};
  EXPECT_EQ(mistake(asked), "no mistake");
}

TEST(Settings, RefuseASplitThatIsNamedTwice) {
  Fields asked = tiny_cell("chance");
  asked["evaluation.splits"] = std::vector<std::string>{"seen", "structures", "seen"};
  EXPECT_EQ(mistake(asked), "evaluation.splits names 'seen' twice");
}

TEST(Settings, LeaveWhatIsTrainedUnsaidWhereNothingIs) {
  Fields asked = tiny_cell("chance");
  const Fields plain = resolve(asked, "no-home");
  asked["backbone.readout"] = true;
  asked["train.learning_rate_multiplier"] = 3.0;
  EXPECT_EQ(resolve(asked, "no-home"), plain);
}

TEST(Settings, MultiplyEveryLearningRateAlike) {
  Fields asked = tiny_cell("scene-tokens");
  const TrainOptions plain = parse_settings(resolve(asked, "no-home")).train;
  asked["train.learning_rate_multiplier"] = 1.0;
  EXPECT_EQ(resolve(asked, "no-home"), resolve(tiny_cell("scene-tokens"), "no-home"));
  asked["train.learning_rate_multiplier"] = 3.0;
  const TrainOptions tripled = parse_settings(resolve(asked, "no-home")).train;
  EXPECT_DOUBLE_EQ(tripled.backbone_lr, 3 * plain.backbone_lr);
  EXPECT_DOUBLE_EQ(tripled.conditioner_lr, 3 * plain.conditioner_lr);
  EXPECT_DOUBLE_EQ(tripled.muon_lr, 3 * plain.muon_lr);
}

TEST(Settings, LeaveEnglishWordsUnsaid) {
  Fields plain = tiny_cell("chance"), english = plain, nonsense = plain;
  english["world.words"] = std::string("english");
  nonsense["world.words"] = std::string("nonsense");
  EXPECT_EQ(resolve(plain, "no-home"), resolve(english, "no-home"));
  EXPECT_FALSE(parse_settings(resolve(english, "no-home")).world.world.nonsense_words);
  EXPECT_TRUE(parse_settings(resolve(nonsense, "no-home")).world.world.nonsense_words);
}

TEST(Settings, RefuseEncoderKeysWhereThereIsNoLanguageModel) {
  Fields asked = tiny_cell("bag-oracle");
  asked["encoder.layer"] = std::int64_t{-1};
  EXPECT_THAT(mistake(asked), testing::HasSubstr("encoder.layer does not apply"));
}

TEST(Settings, ResolvingTwiceChangesNothing) {
  const Fields once = resolve(tiny_cell("scene-tokens"), "no-home");
  EXPECT_EQ(resolve(once, "no-home"), once);
}

TEST(Settings, IdentifyACellByTheWordsOfItsInstructionAndByWhatItPools) {
  const TemporaryFolder home;
  Fields asked = tiny_cell("raw-llm");
  asked["encoder.model"] = write_tiny_llama(home).string();
  const auto hashes = [&] { return identify(resolve(asked, home.path()), home.path()).hashes; };
  EXPECT_FALSE(hashes().contains("encoder.0.instruction"));
  EXPECT_FALSE(hashes().contains("encoder.0.end_token"));
  EXPECT_FALSE(hashes().contains("pooled_text"));
  asked["encoder.instruction"] = std::string("short");
  const Value brief = hashes().at("encoder.0.instruction");
  asked["encoder.instruction"] = std::string("lumina");
  EXPECT_NE(hashes().at("encoder.0.instruction"), brief);
  asked["encoder.crop"] = std::string("before-refiner");
  EXPECT_TRUE(hashes().contains("pooled_text"));
}

TEST(Settings, AMissingModelIsTheMachinesLackAndSaysHowToFetchIt) {
  Fields asked = tiny_cell("raw-llm");
  asked["encoder.model"] = std::string("smollm2-135m-instruct");
  const TemporaryFolder empty;
  EXPECT_THROW(
      try { resolve(asked, empty.path()); } catch (const MachineError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("./lidit models fetch"));
        throw;
      },
      MachineError);
}

}  // namespace
}  // namespace lidit
