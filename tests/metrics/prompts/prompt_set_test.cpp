#include "metrics/prompts/prompt_set.h"

#include <gmock/gmock.h>

#include <map>
#include <numeric>

#include "metrics/prompts/compbench_prompts.h"
#include "metrics/prompts/dpg_prompts.h"
#include "metrics/prompts/genai_prompts.h"
#include "metrics/prompts/geneval_prompts.h"
#include "metrics/prompts/question_graph.h"
#include "metrics/prompts/sugar_crepe.h"
#include "metrics/prompts/text_file.h"
#include "metrics/prompts/tifa_questions.h"
#include "tests/support/file_error.h"
#include "tests/support/temporary_folder.h"

namespace lidit::benchmarks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Counts = std::map<std::string, int>;

const std::filesystem::path kData = prompt_data(LIDIT_SOURCE_DIR);

std::vector<BenchmarkPrompt> prompts_of(std::string_view name) {
  for (const PromptSetEntry& entry : prompt_set_table())
    if (entry.name == name) return load_prompt_set(entry, kData);
  throw std::logic_error("no such set");
}

Counts categories(std::string_view name) {
  Counts counts;
  for (const BenchmarkPrompt& prompt : prompts_of(name)) ++counts[prompt.category];
  return counts;
}

TEST(PromptSets, AllHaveThePublishedNumberOfPromptsWithIdsOfTheirOwn) {
  for (const PromptSetEntry& entry : prompt_set_table())
    EXPECT_EQ(std::ssize(load_prompt_set(entry, kData)), entry.prompts) << entry.name;
}

TEST(PromptSets, HaveThePublishedCountsOfEachCategory) {
  EXPECT_EQ(categories("geneval"), (Counts{{"single_object", 80},
                                           {"two_object", 99},
                                           {"counting", 80},
                                           {"colors", 94},
                                           {"position", 100},
                                           {"color_attr", 100}}));
  for (const auto& [category, count] : categories("t2i-compbench")) EXPECT_EQ(count, 300);
  for (const auto& [category, count] : categories("t2i-compbench-train")) EXPECT_EQ(count, 700);
  EXPECT_EQ(categories("t2i-compbench").size(), 8u);
  const Counts dpg = categories("dpg-bench");
  EXPECT_EQ(dpg.at("numeric"), 299);
  EXPECT_EQ(dpg.at("partiprompts"), 324);
  EXPECT_EQ(dpg.at("COCOval"), 100);
  EXPECT_EQ(dpg.at("whoops"), 40);
  Counts dsg = categories("dsg-1k");
  EXPECT_EQ(dsg.size(), 10u);
  EXPECT_EQ(dsg.at("tifa160"), 160);
  EXPECT_EQ(dsg.at("whoops"), 100);
  const Counts parti = categories("partiprompts");
  EXPECT_EQ(parti.size(), 12u);
  EXPECT_EQ(parti.at("Animals"), 314);
  EXPECT_EQ(parti.at("World Knowledge"), 214);
}

TEST(PromptSets, KeepTextsAsTheyWerePublished) {
  EXPECT_EQ(prompts_of("geneval")[0].text, "a photo of a bench");
  EXPECT_EQ(prompts_of("t2i-compbench")[0].text, "a green bench and a blue bowl");
  EXPECT_THAT(prompts_of("dpg-bench")[0].text,
              testing::StartsWith("An expansive field, blanketed"));
}

TEST(CompBench, HasTwoVersionsOfTheColourPrompts) {
  const auto old_prompts =
      load_compbench(kData / "t2i-compbench", "color", "val", ColorVal::of_2023);
  const auto new_prompts = load_compbench(kData / "t2i-compbench", "color", "val");
  EXPECT_EQ(std::set(old_prompts.begin(), old_prompts.end()).size(), 295u);
  EXPECT_EQ(std::set(new_prompts.begin(), new_prompts.end()).size(), 300u);
  EXPECT_EQ(std::inner_product(old_prompts.begin(), old_prompts.end(), new_prompts.begin(), 0,
                               std::plus{}, std::equal_to{}),
            295);
}

TEST(CompBench, RefusesPromptsThatCannotNameAFile) {
  const auto refusal = [](std::string_view text) {
    return file_error_of([&] { parse_compbench(text, "p.txt"); });
  };
  EXPECT_THAT(refusal("a\r\nb_c\r\n"), HasSubstr("p.txt: line 2: '_' and '/'"));
  EXPECT_EQ(refusal("a\n\nb\n"), "p.txt: line 2: an empty prompt");
  EXPECT_EQ(refusal("\xff\n"), "p.txt: line 1: not UTF-8");
  EXPECT_EQ(refusal(""), "p.txt: no prompts");
}

TEST(GenEval, ReadsClausesWithCountsColoursAndPositions) {
  const auto path = kData / "geneval" / "evaluation_metadata.jsonl";
  Counts relations, colors, excluded;
  for (const GenEvalPrompt& prompt : parse_geneval(read_text(path), path.string())) {
    for (const GenEvalClause& clause : prompt.include) {
      if (clause.position) ++relations[clause.position->relation];
      if (clause.color) ++colors[*clause.color];
    }
    for (const GenEvalClause& clause : prompt.exclude) {
      ++excluded[prompt.tag];
      EXPECT_EQ(clause.count, prompt.include.at(0).count + 1);
    }
  }
  EXPECT_EQ(relations, (Counts{{"above", 26}, {"below", 28}, {"left of", 19}, {"right of", 27}}));
  EXPECT_EQ(colors.size(), std::size(kGenEvalColors));
  EXPECT_EQ(excluded, (Counts{{"counting", 80}}));
}

TEST(GenEval, RefusesWhatTheEvaluatorCouldNotScore) {
  const auto refusal = [](std::string_view line) {
    return file_error_of([&] { parse_geneval(line, "m"); });
  };
  EXPECT_THAT(refusal(R"({"tag": "colour", "prompt": "p", "include": []})"),
              HasSubstr("m: line 1: unknown task 'colour'; choices: single_object, "));
  EXPECT_THAT(
      refusal(
          R"({"tag": "colors", "prompt": "p", "include": [{"class": "a", "count": 1, "color": "teal"}]})"),
      HasSubstr("unknown colour 'teal'"));
  EXPECT_THAT(
      refusal(
          R"({"tag": "position", "prompt": "p", "include": [{"class": "a", "count": 1, "position": ["above", 0]}]})"),
      HasSubstr("clause 0 stands in relation to clause 0, which is not before it"));
  EXPECT_THAT(
      refusal(R"({"tag": "colors", "prompt": "p", "include": [{"class": "a", "count": 99}]})"),
      HasSubstr("'count' should be a whole number from 0 to 16"));
  EXPECT_EQ(refusal(""), "m: no prompts");
}

TEST(QuestionGraph, CountsWhatThePublishedFileGetsWrong) {
  const auto path = kData / "dsg-1k" / "dsg-1k-anns.csv";
  const QuestionGraph graph = parse_question_graph(read_text(path), path.string());
  EXPECT_EQ(graph.items.size(), 1060u);
  EXPECT_EQ(graph.questions(), 8182);
  EXPECT_EQ(graph.unreadable_dependencies, 10);
  EXPECT_EQ(graph.unknown_parents, 8) << "besides the 10 that are words";
  EXPECT_EQ(graph.forward_references, 48);
  EXPECT_EQ(graph.self_references, 44);
  Counts categories;
  for (const QuestionItem& item : graph.items)
    for (const Question& question : item.questions) ++categories[question.category];
  EXPECT_EQ(categories, (Counts{{"entity", 3395},
                                {"relation", 2069},
                                {"attribute", 1950},
                                {"global", 475},
                                {"other", 293}}));
}

constexpr std::string_view kHeader =
    "item_id,text,keywords,proposition_id,dependency,category_broad,category_detailed,tuple,"
    "question_natural_language\n";

QuestionGraph graph_of(const std::string& rows) {
  return parse_question_graph(std::string(kHeader) + rows, "q.csv");
}

TEST(QuestionGraph, ReadsDependenciesLeniently) {
  const QuestionGraph graph = graph_of(
      "a,A,k,1,0,entity,whole,entity - whole (x),x?\n"
      "a,A,k,2,\" 1 , 3\",attribute,color,\"attribute - color (x, red)\",red?\n"
      "b,B,k,1,0,entity,whole,entity - whole (y),y?\n"
      "b,B,k,2,1,entity,part,entity - part (y),?\n"
      "b,B,k,3,\"1, left\",entity,part,entity - part (y),?\n");
  EXPECT_THAT(graph.items[0].questions[1].parents, ElementsAre(1, 3));
  EXPECT_EQ(graph.items[0].questions[1].detail, "attribute - color");
  EXPECT_EQ(graph.unknown_parents, 1);
  EXPECT_THAT(graph.items[1].questions[1].parents, testing::IsEmpty())
      << "a row with words costs its whole item the dependencies";
  EXPECT_EQ(graph.unreadable_dependencies, 1);
}

TEST(QuestionGraph, RefusesContradictions) {
  const auto refusal = [](const std::string& rows) {
    return file_error_of([&] { graph_of(rows); });
  };
  const std::string a1 = "a,A,k,1,0,entity,whole,t,x?\n", b1 = "b,B,k,1,0,entity,whole,t,x?\n";
  EXPECT_EQ(refusal(a1 + a1), "q.csv: line 3: item 'a' has question 1 twice");
  EXPECT_EQ(refusal(a1 + b1 + a1), "q.csv: line 4: item 'a' is in two places");
  EXPECT_EQ(refusal(a1 + "a,B,k,2,0,entity,whole,t,x?\n"), "q.csv: line 3: item 'a' has two texts");
  EXPECT_EQ(refusal("a,A,k,0,0,entity,whole,t,x?\n"), "q.csv: line 2: '0' is no proposition_id");
  EXPECT_EQ(refusal(""), "q.csv: no questions");
}

TEST(Dpg, AFolderOfTextFilesIsTheSameAsTheLinesMadeOfIt) {
  const TemporaryFolder folder;
  folder.write("10.txt", "ten");
  folder.write("countbench4.txt", "four\n");
  EXPECT_EQ(load_dpg_folder(folder.path()),
            parse_dpg_prompts("{\"item_id\": \"10\", \"prompt\": \"ten\"}\n"
                              "{\"item_id\": \"countbench4\", \"prompt\": \"four\\n\"}\n",
                              "d"));
  EXPECT_EQ(dpg_source("countbench4"), "countbench");
  folder.write("x.txt", "two\nlines");
  EXPECT_THAT(file_error_of([&] { load_dpg_folder(folder.path()); }),
              HasSubstr("the prompt of 'x' has more than one line"));
}

TEST(GenAi, HasThreeRatingsOfSixSystemsForEachPrompt) {
  const auto path = kData / "genai-bench" / "genai_image_527.json";
  const GenAiSet set = parse_genai(read_text(path), path.string());
  std::size_t ratings = 0;
  for (const GenAiPrompt& prompt : set.prompts)
    for (const auto& [system, values] : prompt.ratings) ratings += values.size();
  EXPECT_EQ(set.slips, 2) << "a 41 and a 33 among the published ratings";
  EXPECT_EQ(ratings, 9486u - 2);
  EXPECT_EQ(set.prompts.back().id, "00527");
}

TEST(GenAi, RefusesRatingsThatCannotBeCompared) {
  const auto refusal = [](std::string_view text) {
    return file_error_of([&] { parse_genai(text, "g"); });
  };
  EXPECT_THAT(refusal(R"({"00001": {"id": "00001", "prompt": "p", "models": {"A": ["5x"]}}})"),
              HasSubstr("a rating should be a number from "));
  EXPECT_THAT(
      refusal(R"({"00001": {"id": "00001", "prompt": "p", "models": {"A": [1, 2], "B": [1]}}})"),
      HasSubstr("the ratings of 'B' should be a list as long as the others"));
  EXPECT_THAT(refusal(R"({"00001": {"id": "00001", "prompt": "p", "models": {"A": [1]}},
                          "00002": {"id": "00002", "prompt": "q", "models": {"B": [1]}}})"),
              HasSubstr("prompt '00002': other systems than in the first prompt"));
}

TEST(GenAi, SkillsNamePromptsByNumber) {
  const auto prompts = parse_genai(R"({"00001": {"id": "00001", "prompt": "p"}})", "g").prompts;
  EXPECT_THAT(parse_genai_skills(R"({"counting": [1]})", prompts, "s").at("counting"),
              ElementsAre("00001"));
  EXPECT_THAT(file_error_of([&] { parse_genai_skills(R"({"counting": [2]})", prompts, "s"); }),
              HasSubstr("'counting' has a number that no prompt has: 2"));
}

TEST(Tifa, RefusesAnAnswerThatIsNoChoice) {
  EXPECT_THAT(file_error_of([] {
                parse_tifa(R"([{"id": "a", "caption": "c", "question": "q", "choices": ["yes"],
                                "answer": "no", "element_type": "object"}])",
                           "t");
              }),
              HasSubstr("t: entry 1: the answer 'no' is none of the choices"));
}

TEST(SugarCrepe, HasTheSixHundredAndSixtySixSwapsInTheOrderOfTheirNumbers) {
  const std::vector<SwappedCaption> captions = load_swapped_captions(kData / "sugar-crepe");
  ASSERT_EQ(captions.size(), 666u);
  EXPECT_EQ(captions[2], (SwappedCaption{"Two giraffe and a zebra are standing in a field.",
                                         "A giraffe and two zebras are standing in a field."}));
  EXPECT_EQ(captions.back().negative, "Some girls in some shirts standing by colorful pastries.");
}

TEST(SugarCrepe, RefusesAFileWithSwapsMissing) {
  const TemporaryFolder folder;
  const auto path =
      folder.write("swap_att.json", R"({"0": {"caption": "a b", "negative_caption": "b a"}})");
  EXPECT_EQ(file_error_of([&] { load_swapped_captions(folder.path()); }),
            path.string() + ": 1 captions where 666 were published");
}

TEST(SugarCrepe, RefusesWhatIsNoCaptionWithItsNegative) {
  const auto refusal = [](std::string_view text) {
    return file_error_of([&] { parse_swapped_captions(text, "s"); });
  };
  EXPECT_EQ(refusal("{}"), "s: should be an object of captions by their numbers");
  EXPECT_EQ(refusal("[]"), "s: should be an object of captions by their numbers");
  EXPECT_EQ(refusal(R"({"1": {"caption": "a b", "negative_caption": "b a"}})"),
            "s: '0' is missing");
  EXPECT_EQ(refusal(R"({"0": 3})"), "s: caption 0: not a JSON object");
  EXPECT_EQ(refusal(R"({"0": {"caption": "a b"}})"), "s: caption 0: 'negative_caption' is missing");
  EXPECT_EQ(refusal(R"({"0": {"caption": 3, "negative_caption": "b a"}})"),
            "s: caption 0: 'caption' should be a text");
  EXPECT_EQ(refusal(R"({"0": {"caption": " \n", "negative_caption": "b a"}})"),
            "s: caption 0: 'caption' has no words");
  EXPECT_EQ(refusal(R"({"0": {"caption": "a", "negative_caption": "a"}})"),
            "s: caption 0: the negative is the caption itself");
  EXPECT_THAT(refusal("{\"0\": {\"caption\": \"\xff\", \"negative_caption\": \"b a\"}}"),
              HasSubstr("s: not valid JSON"));
}

}  // namespace
}  // namespace lidit::benchmarks
