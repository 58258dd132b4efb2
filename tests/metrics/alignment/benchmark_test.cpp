#include "metrics/alignment/benchmark.h"

#include <gmock/gmock.h>

#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "metrics/prompts/prompt_set.h"
#include "results/names.h"
#include "tests/support/temporary_folder.h"

namespace lidit::benchmarks {
namespace {

using nlohmann::json;
using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr double kClose = 1e-9;
const fs::path kGolden = fs::path(LIDIT_GOLDEN_DIR) / "judges";

struct Files {
  const char *benchmark, *prompts, *judge;
  std::vector<std::string> categories{};
};

const Files kFiles[] = {
    {"geneval", "geneval.prompts.jsonl", "geneval.judge.jsonl"},
    {"t2i-compbench",
     "compbench.prompts",
     "compbench.judge.jsonl",
     {"color", "shape", "texture", "spatial"}},
    {"dpg-bench", "dpg.questions.csv", "dpg.judge.jsonl"},
    {"dsg-1k", "dsg.questions.csv", "dsg.judge.jsonl"},
    {"tifa", "", "tifa.judge.jsonl"},
    {"genai-bench", "genai.prompts.json", "genai.judge.jsonl"},
    {"genai-human", "genai.prompts.json", "genai-human.judge.jsonl"},
};

const Files& files_of(std::string_view benchmark) {
  for (const Files& files : kFiles)
    if (files.benchmark == benchmark) return files;
  throw std::logic_error("no such benchmark");
}

ScoreRequest request_for(const Files& files) {
  const fs::path data = prompt_data(LIDIT_SOURCE_DIR);
  ScoreRequest request{.data = data,
                       .prompts = kGolden / files.prompts,
                       .judge = kGolden / files.judge,
                       .categories = files.categories};
  if (request.prompts->filename().empty())
    request.prompts = data / "tifa" / "sample_question_answers.json";
  return request;
}

BenchmarkScore score_of(std::string_view benchmark, const ScoreRequest& request) {
  return score_benchmark(find_named("benchmark", benchmark, benchmark_table()), request);
}

std::vector<std::string> words(std::string text) {
  std::vector<std::string> found;
  for (std::size_t comma; !text.empty(); text.erase(0, comma + 1)) {
    comma = std::min(text.find(','), text.size() - 1);
    found.push_back(text.substr(0, text[comma] == ',' ? comma : text.size()));
  }
  return found;
}

std::string mistake_in(std::string_view benchmark, const ScoreRequest& request) {
  try {
    score_of(benchmark, request);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no mistake";
}

class OfBenchmark : public testing::TestWithParam<Files> {};

TEST_P(OfBenchmark, EveryAggregateIsWhatTheIndependentScriptComputes) {
  const json all = json::parse(std::ifstream(kGolden / "expected.json"));
  TemporaryFolder genai;
  for (const auto& [legacy, answer] : all.at(GetParam().benchmark).items()) {
    ScoreRequest request = request_for(GetParam());
    request.legacy = words(legacy);
    if (GetParam().benchmark == std::string("genai-bench")) {
      fs::copy_file(kGolden / "genai.prompts.json", genai.path() / "genai_image.json");
      fs::copy_file(kGolden / "genai.skills.json", genai.path() / "genai_skills.json");
      request.prompts = genai.path();
    }
    const BenchmarkScore score = score_of(GetParam().benchmark, request);
    EXPECT_EQ(score.aggregates.size(), answer.size()) << legacy;
    EXPECT_THAT(score.partial, HasSubstr(" published prompts")) << "a few prompts for tests";
    EXPECT_THAT(score.notes, testing::Contains(testing::StartsWith(score.partial)));
    for (const auto& [name, numbers] : answer.items()) {
      const Aggregate* aggregate = score.find(name);
      ASSERT_TRUE(aggregate) << legacy << " " << name;
      EXPECT_NEAR(aggregate->value, numbers[0].get<double>(), kClose) << legacy << " " << name;
      ASSERT_EQ(aggregate->standard_error.has_value(), !numbers[1].is_null())
          << legacy << " " << name;
      if (numbers[1].is_null()) continue;
      EXPECT_NEAR(*aggregate->standard_error, numbers[1].get<double>(), kClose) << name;
    }
  }
}

TEST_P(OfBenchmark, AMissingJudgementIsNamedOrMarked) {
  ScoreRequest request = request_for(GetParam());
  TemporaryFolder folder;
  const std::string judge = read_bytes(request.judge);
  request.judge = folder.write("short.jsonl", judge.substr(judge.find('\n') + 1));
  EXPECT_THAT(mistake_in(GetParam().benchmark, request), HasSubstr(" images are missing: "));
  if (GetParam().benchmark == std::string("geneval")) return;  // its claims would not hold
  request.missing = Missing::allow;
  const BenchmarkScore score = score_of(GetParam().benchmark, request);
  EXPECT_LT(std::ssize(score.images), score.expected);
}

TEST_P(OfBenchmark, AnImageJudgedTwiceIsRefused) {
  ScoreRequest request = request_for(GetParam());
  TemporaryFolder folder;
  const std::string judge = read_bytes(request.judge);
  request.judge = folder.write("twice.jsonl", judge + judge.substr(0, judge.find('\n') + 1));
  EXPECT_THAT(mistake_in(GetParam().benchmark, request), HasSubstr("is judged twice"));
}

INSTANTIATE_TEST_SUITE_P(All, OfBenchmark, testing::ValuesIn(kFiles), [](const auto& test) {
  std::string name = test.param.benchmark;
  std::erase(name, '-');
  return name;
});

/// A judge file with `line` in place of its first.
class Altered {
 public:
  Altered(std::string_view benchmark, const std::function<void(json&)>& change)
      : benchmark_(benchmark) {
    ScoreRequest request = request_for(files_of(benchmark));
    const std::string judge = read_bytes(request.judge);
    json line = json::parse(judge.substr(0, judge.find('\n')));
    change(line);
    request.judge = folder_.write("j", line.dump() + judge.substr(judge.find('\n')));
    mistake_ = mistake_in(benchmark, request);
  }
  const std::string& mistake() const { return mistake_; }

 private:
  TemporaryFolder folder_;
  std::string benchmark_, mistake_;
};

std::string mistake_after(std::string_view benchmark, const std::function<void(json&)>& change) {
  return Altered(benchmark, change).mistake();
}

TEST(Judgements, OfUnknownPromptsAreRefused) {
  EXPECT_THAT(mistake_after("geneval", [](json& j) { j["filename"] = "00099/samples/0000.png"; }),
              HasSubstr("j: line 1: '00099' is no prompt of this benchmark"));
  EXPECT_THAT(mistake_after("t2i-compbench", [](json& j) { j["question_id"] = 30; }),
              HasSubstr("no image 30 of the category 'color' is asked for"));
  EXPECT_THAT(mistake_after("dpg-bench", [](json& j) { j["item_id"] = "x"; }),
              HasSubstr("'x' is no prompt"));
  EXPECT_THAT(mistake_after("genai-human", [](json& j) { j["model"] = "D"; }),
              HasSubstr("unknown model 'D'"));
}

TEST(Judgements, OfTooManyImagesAreRefused) {
  EXPECT_THAT(mistake_after("geneval", [](json& j) { j["filename"] = "00000/samples/0004.png"; }),
              HasSubstr("image 4 of prompt '00000', where images are 0 to 3"));
  EXPECT_THAT(mistake_after("dpg-bench", [](json& j) { j["tile"] = 4; }),
              HasSubstr("image 4 of prompt '0', where images are 0 to 3"));
  EXPECT_THAT(mistake_after("dsg-1k", [](json& j) { j["tile"] = 1; }),
              HasSubstr("where images are 0 to 0"));
}

TEST(Judgements, WithNumbersThatAreNoneAreRefused) {
  EXPECT_THAT(mistake_after("t2i-compbench",
                            [](json& j) { j["questions"] = {"a"}, j["answers"] = {"nan"}; }),
              HasSubstr("an answer should be a number from 0 to 1, not \"nan\""));
  EXPECT_THAT(mistake_after("genai-human", [](json& j) { j["score"] = "nan"; }),
              HasSubstr("'score' should be a number from 0 to 1"));
  EXPECT_THAT(mistake_after("geneval",
                            [](json& j) { j["details"] = R"({"bench": [[0, 0, 1, 1, 1e999]]})"; }),
              HasSubstr("not valid JSON"));
}

TEST(Judgements, OfTheWrongQuestionsAreRefused) {
  EXPECT_THAT(mistake_after("dsg-1k", [](json& j) { j["answers"].erase("7"); }),
              HasSubstr("question 7 of item 'source_0' has no answer"));
  EXPECT_THAT(mistake_after("dsg-1k", [](json& j) { j["answers"]["99"] = "yes"; }),
              HasSubstr("item 'source_0' has no question 99"));
  EXPECT_THAT(mistake_after("tifa", [](json& j) { j["answers"][0] = "perhaps"; }),
              HasSubstr("'perhaps' is no choice of the question 'is this a surfer?'"));
  EXPECT_THAT(mistake_after("tifa", [](json& j) { j["answers"].erase(0); }),
              HasSubstr(" answers to the "));
  EXPECT_THAT(mistake_after("t2i-compbench", [](json& j) { j["image"] = "a red car_000000.png"; }),
              HasSubstr("question 0 is about 'a green bench and a blue bowl_000000.png'"));
  EXPECT_THAT(mistake_after("geneval", [](json& j) { j["prompt"] = "a bench"; }),
              HasSubstr("folder 00000 is 'a photo of a bench'"));
}

TEST(GenEvalVerdicts, ThatContradictTheirOwnBoxesAreRefused) {
  EXPECT_THAT(mistake_after("geneval",
                            [](json& j) {
                              j["details"] = json::object();
                              j["correct"] = true;
                              j.erase("colors");
                            }),
              HasSubstr("says correct = true, but its boxes give false (0 of 1 bench)"));
}

TEST(Claims, ThatTheirPartsDoNotGiveAreRefused) {
  ScoreRequest request = request_for(files_of("geneval"));
  TemporaryFolder folder;
  const auto claim = [&](const std::string& claims) {
    const std::string judge = read_bytes(kGolden / "geneval.judge.jsonl");
    request.judge = folder.write(
        "j", judge.substr(0, judge.find("{\"claimed\"")) + "{\"claimed\": " + claims + "}\n");
    return mistake_in("geneval", request);
  };
  EXPECT_THAT(claim(R"({"overall": 0.99})"), HasSubstr("claims 0.99 for 'overall', but its own"));
  EXPECT_THAT(claim(R"({"over": 0.99})"), HasSubstr("unknown claim 'over'"));
  EXPECT_THAT(claim(R"({"overall": 1})"), HasSubstr("claims 1 for 'overall', but its own"));
  EXPECT_THAT(claim(R"({"overall": 0})"), HasSubstr("claims 0 for 'overall', but its own"));
  EXPECT_THAT(claim(R"({"overall": 0.4})"), HasSubstr("claims 0.4 for 'overall', but its own"));
  EXPECT_EQ(claim(R"({"overall": 0.43})"), "no mistake");
  EXPECT_THAT(claim(R"({"overall": "nan"})"), HasSubstr("should be a number"));
}

TEST(CompBench, SwitchesThatNeedEachAnswerAreRefusedForFinishedScores) {
  ScoreRequest request = request_for(files_of("t2i-compbench"));
  request.categories = {"spatial"};
  TemporaryFolder folder;
  std::string lines;
  for (int i = 0; i < 30; ++i)
    lines += json{{"category", "spatial"}, {"question_id", i}, {"answer", "0.5000"}}.dump() + "\n";
  request.judge = folder.write("j", lines);
  const BenchmarkScore score = score_of("t2i-compbench", request);
  EXPECT_EQ(score.find("spatial")->value, 0.5);
  EXPECT_FALSE(score.find("overall")) << "T2I-avg without its three parts";
  EXPECT_EQ(std::get<std::string>(score.settings.at("np_num")), "as judged");
  EXPECT_THAT(score.as_judged, testing::ElementsAre("spatial (UniDet 2D)"));
  EXPECT_THAT(score.notes, testing::Contains(testing::StartsWith("as judged, not recomputed")));
  request.legacy = {"np_num=2"};
  EXPECT_THAT(mistake_in("t2i-compbench", request), HasSubstr("finished scores only"));
}

TEST(CompBench, ReadsTheFolderThatThePublishedScriptsLeave) {
  ScoreRequest request = request_for(files_of("t2i-compbench"));
  request.categories = {"color"};
  TemporaryFolder folder;
  fs::create_directories(folder.path() / "color" / "annotation_blip");
  json entries = json::array();
  for (int i = 0; i < 30; ++i)
    entries.push_back({{"question_id", i}, {"answer", i < 10 ? "0.3" : "0.6"}});
  folder.write("color/annotation_blip/vqa_result.json", entries.dump());
  request.judge = folder.path();
  EXPECT_NEAR(score_of("t2i-compbench", request).find("color")->value, 0.5, 1e-12);
}

TEST(Switches, UnknownOnesAnswerWithTheChoices) {
  ScoreRequest request = request_for(files_of("dpg-bench"));
  request.legacy = {"dependency=all"};
  EXPECT_THAT(mistake_in("dpg-bench", request), HasSubstr("unknown value of dependency 'all'"));
  request.legacy = {"oficial"};
  EXPECT_THAT(mistake_in("dpg-bench", request), HasSubstr("did you mean 'official'?"));
  request = request_for(files_of("tifa"));
  request.legacy = {"official"};
  EXPECT_EQ(mistake_in("tifa", request), "--legacy: this benchmark has one version only");
}

TEST(Aggregates, ThatAreNoMeansSaySoAndASpreadHasNoBetterSide) {
  const auto error_of = [](std::string_view benchmark, const char* name) {
    for (const Measurement& one :
         measurements_of(score_of(benchmark, request_for(files_of(benchmark)))))
      if (one.name == name + std::string(".standard_error")) return one.reason;
    return std::string("no such aggregate");
  };
  EXPECT_EQ(error_of("tifa", "tifa_stdev"), "is no mean over prompts");
  for (const char* name : {"pairwise_accuracy", "pearson", "kendall_tau_b"})
    EXPECT_EQ(error_of("genai-human", name), "is no mean over prompts") << name;
  EXPECT_EQ(error_of("tifa", "overall"), "");
  const BenchmarkScore tifa = score_of("tifa", request_for(files_of("tifa")));
  EXPECT_FALSE(tifa.find("tifa_stdev")->higher_is_better);
  EXPECT_EQ(tifa.find("overall")->higher_is_better, true);
}

TEST(Verdicts, AreThereWhereTheyAreYesOrNoAndMakeTheOverallScore) {
  for (const Files& files : kFiles) {
    const Benchmark& benchmark = find_named("benchmark", files.benchmark, benchmark_table());
    const BenchmarkScore score = score_of(files.benchmark, request_for(files));
    EXPECT_EQ(!score.verdicts.empty(), benchmark.verdicts == Verdicts::binary) << files.benchmark;
    if (score.verdicts.empty()) continue;
    std::map<std::string, std::pair<double, double>> images;  // yes and all
    for (const auto& [place, yes] : score.verdicts) {
      images[place.image].first += yes ? 1 : 0;
      ++images[place.image].second;
    }
    ASSERT_EQ(images.size(), score.images.size()) << files.benchmark;
    for (const ImageScore& image : score.images) {
      const auto [yes, all] = images.at(image_id(image.prompt, image.image));
      EXPECT_NEAR(yes / all, image.value, kClose) << files.benchmark << " " << image.prompt;
    }
  }
}

TEST(Dpg, AnItemWithoutATileIsNamedAndIsInNoCategory) {
  const ScoreRequest whole = request_for(files_of("dpg-bench"));
  const std::string judge = read_bytes(whole.judge);
  const json first = json::parse(judge.substr(0, judge.find('\n')));
  std::string others;  // all lines but those of the first line's item
  for (std::size_t begin = 0, end; begin < judge.size(); begin = end + 1) {
    end = judge.find('\n', begin);
    const std::string line = judge.substr(begin, end - begin);
    if (json::parse(line)["item_id"] != first["item_id"]) others += line + "\n";
  }
  TemporaryFolder folder;
  ScoreRequest partial = whole, without = whole;
  partial.missing = without.missing = Missing::allow;
  partial.judge = folder.write("partial.jsonl", judge.substr(judge.find('\n') + 1));
  without.judge = folder.write("without.jsonl", others);
  const BenchmarkScore score = score_of("dpg-bench", partial),
                       expected = score_of("dpg-bench", without);
  EXPECT_THAT(score.notes,
              testing::Contains(HasSubstr("1 items with some of their tiles are left out: " +
                                          first["item_id"].get<std::string>())));
  ASSERT_EQ(score.aggregates.size(), expected.aggregates.size());
  for (std::size_t i = 0; i < score.aggregates.size(); ++i) {
    EXPECT_EQ(score.aggregates[i].value, expected.aggregates[i].value) << score.aggregates[i].name;
    EXPECT_EQ(score.aggregates[i].values, expected.aggregates[i].values);
  }
}

TEST(Dpg, TheOfficialRulesLoseTheFirstRowAndItemsWithParentsThatDoNotExist) {
  ScoreRequest request = request_for(files_of("dpg-bench"));
  request.legacy = {"official"};
  const BenchmarkScore score = score_of("dpg-bench", request);
  EXPECT_EQ(score.aggregates.front().prompts, 3) << "items '0' and '10' are lost";
  EXPECT_THAT(score.notes, testing::Contains(HasSubstr("it also loses the items 0, 10")));
}

}  // namespace
}  // namespace lidit::benchmarks
