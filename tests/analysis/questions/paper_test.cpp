// The paper's own analysis from its published tables, through `medvlm import`: the values and counts that its notes give.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "goldens_folder.hpp"
#include "medvlm/analysis/comparison.hpp"
#include "medvlm/analysis/costs.hpp"
#include "medvlm/analysis/findings.hpp"
#include "medvlm/analysis/research_questions.hpp"
#include "medvlm/base/error.hpp"
#include "temporary_folder.hpp"

using namespace medvlm;
using namespace medvlm::analysis;

namespace {

/// Imports a golden table with its facts by the program, and reads what it wrote.
std::vector<Outcome> imported(const std::string& table, const std::filesystem::path& facts) {
  static test::TemporaryFolder folder;
  const auto goldens = test::goldens_folder() / "analysis";
  const auto out = folder.path() / (table + "-" + facts.stem().string());
  const std::string command = "'" MEDVLM_BUILD_DIR "/bin/medvlm' import '" + (goldens / table).string() + "' --out '" + out.string() +
                              "' --facts '" + (goldens / facts).string() + "' >/dev/null";
  REQUIRE(std::system(command.c_str()) == 0);
  return read_outcomes({out});
}

const std::vector<Outcome>& diagnosis() {
  static const auto outcomes = imported("paper-tables.csv", "paper-facts.toml");
  return outcomes;
}

const std::vector<Outcome>& questions() {
  static const auto outcomes = imported("vqa-gpt-score.csv", "vqa-facts.toml");
  return outcomes;
}

using Gaps = std::map<std::string, double>;

/// "CLIP/CheXpert/RQ1" -> points.
Gaps gaps_of(const ScoreTable& table, const std::string& tuned = "") {
  Gaps gaps;
  for (const Gap& gap : research_gaps(table, tuned)) {
    gaps[gap.family + "/" + gap.dataset + "/" + std::string(question_name(gap.question))] = points(gap.value);
  }
  return gaps;
}

void check_gaps(const Gaps& found, const Gaps& expected, double within) {
  CHECK(found.size() == expected.size());
  for (const auto& [name, value] : expected) {
    INFO(name);
    REQUIRE(found.contains(name));
    CHECK(std::abs(found.at(name) - value) <= within + 1e-9);
  }
}

WinCount wins(const ScoreTable& table, Question question, std::size_t rank, Comparators comparators = Comparators::by_domain) {
  return count_wins(table, {question, rank, "", comparators, false});
}

}  // namespace

TEST_CASE("the paper's table becomes 144 scenarios with facts, intervals and sizes") {
  REQUIRE(diagnosis().size() == 144);
  const ScoreTable table(diagnosis());
  CHECK(table.metric().label() == "auroc");
  CHECK(table.off_the_shelf() == "off_the_shelf");
  CHECK(table.tuned() == std::vector<std::string>{"linear_probe", "lora"});
  CHECK(table.only_published());
  CHECK(table.models().size() == 8);
  CHECK(table.models().front().name == "CLIP");
  const Cell* cell = table.cell("BLIP2", "Camelyon17", "off_the_shelf");
  REQUIRE(cell);
  CHECK(cell->value == doctest::Approx(0.5174));
  CHECK(cell->interval.low == doctest::Approx(0.4797));
  CHECK(cell->interval.high == doctest::Approx(0.5559));
  CHECK(cell->interval.std == doctest::Approx(0.0194));
  CHECK(cell->outcomes.front()->model.parameters == 1172030000);
  CHECK(cell->outcomes.front()->counts.total == 920);
  CHECK(cell->outcomes.front()->published->table == "5");
  CHECK(cell->domain == "OOD");
  CHECK(table.cell("PLIP", "Camelyon17", "lora")->domain == "ID");
  CHECK(table.cell("MedCLIP", "CheXpert", "lora")->trained_on);
  CHECK_FALSE(table.rounds(*cell));
}

TEST_CASE("the gaps of the paper's diagnosis half to a hundredth of a point") {
  const ScoreTable table(diagnosis());
  check_gaps(gaps_of(table, "linear_probe"),
             {{"CLIP/CheXpert/RQ1", -33.66},   {"CLIP/CheXpert/RQ2", -4.58},    {"CLIP/CheXpert/RQ3", 1.31},
              {"CLIP/Camelyon17/RQ1", -24.21}, {"CLIP/Camelyon17/RQ2", 20.96},  {"CLIP/Camelyon17/RQ3", 2.54},
              {"CLIP/HAM10000/RQ1", -2.65},    {"CLIP/HAM10000/RQ2", 30.80},    {"CLIP/HAM10000/RQ3", 3.27},
              {"CLIP/PAPILA/RQ3", 5.44},       {"CLIP/GF3300/RQ3", -0.59},      {"CLIP/FairVLMed/RQ3", -0.03},
              {"SigLIP/CheXpert/RQ1", -8.87},  {"SigLIP/CheXpert/RQ2", 23.08},  {"SigLIP/Camelyon17/RQ1", 17.67},
              {"SigLIP/Camelyon17/RQ2", 55.07}, {"SigLIP/HAM10000/RQ1", -5.71}, {"SigLIP/HAM10000/RQ2", 34.64},
              {"SigLIP/PAPILA/RQ1", -5.20},    {"SigLIP/PAPILA/RQ2", 14.19},    {"SigLIP/GF3300/RQ3", 0.67},
              {"SigLIP/FairVLMed/RQ3", -2.08}},
             0.01);
  const auto gaps = research_gaps(table);
  const GapSummary third = summarise_gaps(gaps, Question::rq3);
  CHECK(third.gaps == 8);
  CHECK(third.positive == 5);
  CHECK(third.with_paired_interval == 0);
  for (const Gap& gap : gaps) {
    CHECK(gap.of_pair.pairing == Pairing::unpaired);
    CHECK(gap.of_best.pairing == Pairing::none);
  }
}

TEST_CASE("the paper's study file tells the same facts") {
  const auto outcomes = imported("paper-tables.csv", std::filesystem::path(MEDVLM_CONFIGS) / "paper/diagnosis.toml");
  CHECK(outcomes.size() == 144);
  const ScoreTable ours(diagnosis());
  const ScoreTable theirs(outcomes);
  check_gaps(gaps_of(theirs, "linear_probe"), gaps_of(ours, "linear_probe"), 0);
  for (const WinCount& count : win_counts(ours, "lora")) CHECK(count_wins(theirs, count.request).wins == count.wins);
}

TEST_CASE("who is the best on each side is told") {
  const ScoreTable table(diagnosis());
  for (const Gap& gap : research_gaps(table)) {
    if (gap.family != "CLIP" || gap.dataset != "CheXpert" || gap.question != Question::rq1) continue;
    CHECK(gap.generalist.model == "BLIP2");
    CHECK(gap.specialist.model == "MedCLIP");
    CHECK(gap.specialist.trained_on);
    CHECK(gap.specialists == 3);
    // By hand: 56.94 - 90.60 with deviations 5.57 and 2.75: -33.66 -+ 1.959964 * 6.21187
    CHECK(points(gap.of_pair.low) == doctest::Approx(-45.835).epsilon(1e-4));
    CHECK(points(gap.of_pair.high) == doctest::Approx(-21.485).epsilon(1e-4));
    return;
  }
  FAIL("the gap is missing");
}

TEST_CASE("the win counts of the paper's diagnosis half, and what changes them") {
  const ScoreTable table(diagnosis());
  const WinCount second = wins(table, Question::rq2, 1);
  CHECK(second.comparisons == 12);
  CHECK(second.wins == 9);
  CHECK(second.significant_wins == 0);  // no paired intervals
  CHECK(second.with_paired_interval == 0);
  CHECK(second.unpaired_wins == 6);
  const WinCount second_best = wins(table, Question::rq2, 2);
  CHECK(second_best.comparisons == 12);
  CHECK(second_best.wins == 12);
  CHECK(second_best.fallbacks == 3);
  CHECK(second_best.wins_without_fallback == 9);
  const WinCount third = wins(table, Question::rq3, 1);
  CHECK(third.comparisons == 18);
  CHECK(third.wins == 8);
  const WinCount third_second = wins(table, Question::rq3, 2);
  CHECK(third_second.wins == 11);
  CHECK(third_second.fallbacks == 3);
  CHECK(wins(table, Question::rq2, 1, Comparators::all).wins == 7);
  CHECK(wins(table, Question::rq2, 1, Comparators::all).comparisons == 12);
  CHECK(wins(table, Question::rq3, 1, Comparators::all).wins == 2);
  CHECK(wins(table, Question::rq3, 1, Comparators::all).comparisons == 18);
  CHECK(win_counts(table).size() == 12);
}

TEST_CASE("the lines of the paper's bars") {
  const ScoreTable table(diagnosis());
  const auto lines = reference_lines(table);
  REQUIRE(lines.size() == 6);
  CHECK(lines[0].dataset == "CheXpert");
  CHECK(lines[0].off_the_shelf.size() == 4);
  CHECK(lines[0].off_the_shelf[0].model == "MedCLIP");
  REQUIRE(lines[0].tuned.size() == 1);
  CHECK(lines[0].tuned[0].model == "PLIP");
  CHECK_FALSE(lines[0].draw_second_tuned);
  CHECK(lines[4].dataset == "GF3300");
  CHECK(lines[4].off_the_shelf.empty());
  CHECK(lines[4].tuned.size() == 5);
}

TEST_CASE("the gaps and counts of the paper's VQA half") {
  const ScoreTable table(questions());
  CHECK(table.task() == "vqa");
  CHECK(table.metric().label() == "gpt_score");
  check_gaps(gaps_of(table),
             {{"LLaVA/VQA-RAD/RQ1", -10.67}, {"LLaVA/VQA-RAD/RQ2", -0.28}, {"LLaVA/PathVQA/RQ1", -9.01}, {"LLaVA/PathVQA/RQ2", 20.47},
              {"LLaVA/SLAKE/RQ1", 2.03},     {"LLaVA/SLAKE/RQ2", 26.79},   {"LLaVA/FairVLMed/RQ3", 2.60},
              {"Qwen/VQA-RAD/RQ1", 1.28},    {"Qwen/VQA-RAD/RQ2", 3.92},   {"Qwen/PathVQA/RQ1", -8.15},  {"Qwen/PathVQA/RQ2", 8.79},
              {"Qwen/SLAKE/RQ1", -2.69},     {"Qwen/SLAKE/RQ2", 12.12},    {"Qwen/FairVLMed/RQ3", 7.03},
              {"Gemma/VQA-RAD/RQ1", -11.95}, {"Gemma/VQA-RAD/RQ2", -12.78}, {"Gemma/PathVQA/RQ1", -2.39}, {"Gemma/PathVQA/RQ2", 6.32},
              {"Gemma/SLAKE/RQ1", -8.40},    {"Gemma/SLAKE/RQ2", 3.71}},
             0.011);  // both are rounded to a hundredth
  const WinCount second = wins(table, Question::rq2, 1);
  CHECK(second.comparisons == 15);
  CHECK(second.wins == 10);
  for (const Match& match : matches(table, {Question::rq2, 1, "", Comparators::by_domain, false})) {
    CHECK(match.interval.pairing == Pairing::none);  // neither deviations nor intervals were published
  }
  CHECK(findings(table).sentences[1].find("no 95 % interval") != std::string::npos);
}

TEST_CASE("both halves in one study are analysed apart") {
  auto both = diagnosis();
  both.insert(both.end(), questions().begin(), questions().end());
  CHECK(tasks_of(both) == std::vector<std::string>{"diagnosis", "vqa"});
  CHECK(ScoreTable(both, {"diagnosis", "", "", {}}).cells().size() == 144);
  CHECK(ScoreTable(both, {"vqa", "", "", {}}).cells().size() == 69);
}

TEST_CASE("another tuned adapter can be chosen, one that is not there cannot") {
  const ScoreTable table(diagnosis());
  CHECK(gaps_of(table, "lora").at("CLIP/CheXpert/RQ1") == doctest::Approx(-33.66));
  CHECK(gaps_of(table, "lora").at("CLIP/PAPILA/RQ3") != doctest::Approx(5.44));
  CHECK_THROWS_WITH_AS(research_gaps(table, "lara"), doctest::Contains("did you mean 'lora'?"), Error);
  CHECK_THROWS_WITH_AS(ScoreTable(diagnosis(), {"", "auc", "", {}}), doctest::Contains("auroc"), Error);
  CHECK_THROWS_WITH_AS(ScoreTable(diagnosis(), {"caption", "", "", {}}), doctest::Contains("diagnosis"), Error);
}

TEST_CASE("the question answered from the paper's numbers") {
  const ScoreTable table(diagnosis());
  const Findings found = findings(table);
  REQUIRE(found.sentences.size() == 3);
  CHECK(found.sentences[1].find("9 of 12 comparisons on 4 datasets") != std::string::npos);
  CHECK(found.sentences[1].find("linear_probe") != std::string::npos);
  CHECK(found.sentences[2].find("8 of 18 comparisons on 6 datasets") != std::string::npos);
  CHECK(found.sentences[2].find("no paired intervals") != std::string::npos);
  std::string notes;
  for (const std::string& note : found.notes) notes += note + "\n";
  CHECK(notes.find("12 of 12") != std::string::npos);
  CHECK(notes.find("All numbers are published ones") != std::string::npos);
  CHECK(notes.find("MedCLIP on CheXpert") != std::string::npos);
}

TEST_CASE("published numbers have gains but no costs") {
  const ScoreTable table(diagnosis());
  const auto costs = costs_of_gains(table);
  REQUIRE(costs.size() == 96);
  CHECK(costs.front().model == "CLIP");
  CHECK(costs.front().trained_parameters == 0);
  CHECK(std::isnan(costs.front().parameters_per_point));
  CHECK(costs.front().specialist_parameters > 0);
}
