// Intervals of differences from made rounds, against numbers computed by hand.
#include <cmath>

#include <doctest/doctest.h>

#include "made_results.hpp"
#include "medvlm/analysis/comparison.hpp"
#include "medvlm/analysis/costs.hpp"
#include "medvlm/analysis/findings.hpp"
#include "medvlm/analysis/research_questions.hpp"
#include "medvlm/base/error.hpp"
#include "temporary_folder.hpp"

using namespace medvlm;
using namespace medvlm::analysis;
using medvlm::test::made_outcomes;
using medvlm::test::MadeScenario;

namespace {

const std::vector<double> kGeneralist = {0.60, 0.62, 0.64, 0.58, 0.61};
const std::vector<double> kSpecialist = {0.65, 0.66, 0.67, 0.64, 0.70};
const std::vector<double> kOther = {0.70, 0.60, 0.60, 0.60, 0.60};

MadeScenario generalist(const std::string& name, double value, std::vector<double> rounds) {
  return {name, "d", "off_the_shelf", value, std::move(rounds)};
}

MadeScenario specialist(const std::string& name, double value, std::vector<double> rounds) {
  MadeScenario made{name, "d", "off_the_shelf", value, std::move(rounds)};
  made.role = "specialist";
  made.domain = "ID";
  return made;
}

Gap only_gap(const ScoreTable& table) {
  const auto gaps = research_gaps(table);
  REQUIRE(gaps.size() == 1);
  return gaps.front();
}

}  // namespace

TEST_CASE("a gap's interval is that of the differences round by round") {
  test::TemporaryFolder folder;
  const auto outcomes = made_outcomes(folder.path(), {generalist("g", 0.61, kGeneralist), specialist("s", 0.66, kSpecialist),
                                                      specialist("s2", 0.62, kOther)});
  const ScoreTable table(outcomes);
  const Gap gap = only_gap(table);
  CHECK(gap.question == Question::rq1);
  CHECK(gap.value == doctest::Approx(-0.05));
  CHECK(gap.specialist.model == "s");
  CHECK(gap.specialists == 2);
  // Differences -.05 -.04 -.03 -.06 -.09, sorted -.09 -.06 -.05 -.04 -.03; the 2.5 % point lies a tenth beyond the first.
  CHECK(gap.of_pair.pairing == Pairing::paired);
  CHECK(gap.of_pair.rounds == 5);
  CHECK(gap.of_pair.low == doctest::Approx(-0.087));
  CHECK(gap.of_pair.high == doctest::Approx(-0.031));
  CHECK(gap.of_pair.std == doctest::Approx(0.0205913).epsilon(1e-5));
  CHECK(gap.of_pair.p == doctest::Approx(2.0 * 1 / 6));
  CHECK(gap.of_pair.significant());
  CHECK(gap.of_pair.detectable == doctest::Approx(2.80159 * 0.0205913).epsilon(1e-4));
  // Best specialist in each round: .70 .66 .67 .64 .70; differences -.10 -.04 -.03 -.06 -.09.
  CHECK(gap.of_best.low == doctest::Approx(-0.099));
  CHECK(gap.of_best.high == doctest::Approx(-0.031));
  CHECK(std::isnan(gap.of_best.p));
}

TEST_CASE("rounds on other resamples are not paired") {
  test::TemporaryFolder folder;
  auto other = specialist("s", 0.66, kSpecialist);
  auto first = generalist("g", 0.61, kGeneralist);
  SUBCASE("another seed of the bootstrap") { other.bootstrap_seed = 7; }
  SUBCASE("another test set") { other.samples_sha256 = "def"; }
  SUBCASE("no rounds") { other.rounds.clear(); }
  first.std = 0.03;
  other.std = 0.04;
  const auto outcomes = made_outcomes(folder.path(), {first, other});
  const ScoreTable table(outcomes);
  const Gap gap = only_gap(table);
  CHECK(gap.of_pair.pairing == Pairing::unpaired);
  CHECK(gap.of_pair.low == doctest::Approx(-0.05 - 1.959964 * 0.05));
  CHECK_FALSE(gap.of_pair.significant());
  CHECK(gap.of_best.pairing == Pairing::none);
}

TEST_CASE("without rounds and deviations there is no interval") {
  test::TemporaryFolder folder;
  const auto outcomes = made_outcomes(folder.path(), {generalist("g", 0.61, {}), specialist("s", 0.66, {})});
  const ScoreTable table(outcomes);
  CHECK(only_gap(table).of_pair.pairing == Pairing::none);
  CHECK(findings(table).sentences[0].find("no interval") != std::string::npos);
}

TEST_CASE("of a metric of which less is better the generalist is ahead when it has less") {
  test::TemporaryFolder folder;
  auto first = generalist("g", 0.10, {0.10, 0.11, 0.12});
  auto better = specialist("s", 0.30, {0.30, 0.30, 0.30});
  auto worse = specialist("s2", 0.40, {0.20, 0.40, 0.40});
  for (MadeScenario* made : {&first, &better, &worse}) {
    made->higher_is_better = false;
    made->metric = "brier";
  }
  const auto outcomes = made_outcomes(folder.path(), {first, better, worse});
  const ScoreTable table(outcomes);
  const Gap gap = only_gap(table);
  CHECK(gap.specialist.model == "s");
  CHECK(gap.value == doctest::Approx(0.20));
  CHECK(gap.of_pair.low == doctest::Approx(0.1805));  // .18 .19 .20
  CHECK(gap.of_pair.high == doctest::Approx(0.1995));
  CHECK(gap.of_best.low == doctest::Approx(0.104));   // .10 .18 .19
  CHECK(count_wins(table, {Question::rq1, 1, "", Comparators::by_domain, false}).significant_wins == 1);
}

TEST_CASE("seeds are one cell: mean values, mean rounds, the deviation between them") {
  test::TemporaryFolder folder;
  std::vector<MadeScenario> list = {generalist("g", 0.60, {0.60, 0.60, 0.60})};
  for (int seed : {1, 2, 3}) {
    MadeScenario made{"g", "d", "linear_probe", 0.70 + 0.02 * seed, {0.70, 0.70 + 0.03 * seed, 0.80}};
    made.seed = seed;
    made.trained_parameters = 100;
    made.training_seconds = seed;
    list.push_back(made);
  }
  const auto outcomes = made_outcomes(folder.path(), list);
  CHECK(outcomes.size() == 4);
  const ScoreTable table(outcomes);
  CHECK(table.tuned() == std::vector<std::string>{"linear_probe"});
  const Cell* cell = table.cell("g", "d", "linear_probe");
  REQUIRE(cell);
  CHECK(cell->outcomes.size() == 3);
  CHECK(cell->value == doctest::Approx(0.74));
  CHECK(cell->seed_std == doctest::Approx(0.02));
  const CellRounds* rounds = table.rounds(*cell);
  REQUIRE(rounds);
  CHECK(rounds->rounds[1] == doctest::Approx(0.76));
  CHECK(cell->interval.low < cell->value);
  const auto costs = costs_of_gains(table);
  REQUIRE(costs.size() == 1);
  CHECK(costs[0].gain == doctest::Approx(0.14));
  CHECK(costs[0].training_seconds == doctest::Approx(2.0));
  CHECK(costs[0].parameters_per_point == doctest::Approx(100 / 14.0));
  CHECK(costs[0].training_seconds_per_point == doctest::Approx(2 / 14.0));
  CHECK(costs[0].interval.pairing == Pairing::paired);
  CHECK(std::isnan(costs[0].share_of_specialist));
  const auto notes = findings(table).notes;
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].find("by up to 2.0 points") != std::string::npos);
}

TEST_CASE("what tuning keeps on the disk is counted, and held against the specialist") {
  test::TemporaryFolder folder;
  auto tuned = generalist("g", 0.80, {});
  tuned.adapter = "lora";
  tuned.trained_parameters = 250;
  auto rival = specialist("s", 0.75, {});
  rival.parameters = 1000;
  test::make_scenario(folder.path(), tuned);
  std::filesystem::create_directories(folder.path() / "g/d/lora/adapter/deeper");
  write_file_atomically(folder.path() / "g/d/lora/adapter/a.bin", std::string(30, 'x'));
  write_file_atomically(folder.path() / "g/d/lora/adapter/deeper/b.bin", std::string(12, 'x'));
  const auto outcomes = made_outcomes(folder.path(), {generalist("g", 0.60, {}), tuned, rival});
  const ScoreTable table(outcomes);
  const auto costs = costs_of_gains(table);
  REQUIRE(costs.size() == 1);
  CHECK(costs[0].stored_bytes == 42);
  CHECK(costs[0].stored_bytes_per_point == doctest::Approx(2.1));
  CHECK(costs[0].specialist.model == "s");
  CHECK(costs[0].share_of_specialist == doctest::Approx(0.25));
  CHECK(costs[0].advantage == doctest::Approx(0.05));
  CHECK(costs[0].evaluation_seconds == doctest::Approx(2.5));
}

TEST_CASE("Holm's correction counts the comparisons that were made") {
  // 40 rounds of a clear difference: p = 2/41 = .049 is below .05 alone, but not twice.
  test::TemporaryFolder folder;
  const std::vector<double> low(40, 0.5), high(40, 0.9);
  auto first = generalist("g", 0.9, high);
  auto rival = specialist("s", 0.5, low);
  auto outcomes = made_outcomes(folder.path(), {first, rival});
  const MatchRequest request{Question::rq1, 1, "", Comparators::by_domain, false};
  const ScoreTable alone(outcomes);
  CHECK(count_wins(alone, request).holm_wins == 1);
  auto second = first;
  second.model = "g2";
  outcomes = made_outcomes(folder.path(), {second});
  const ScoreTable table(outcomes);
  const WinCount count = count_wins(table, request);
  CHECK(count.comparisons == 2);
  CHECK(count.significant_wins == 2);
  CHECK(count.holm_wins == 0);
  for (const Match& match : matches(table, request)) CHECK(match.adjusted_p == doctest::Approx(4.0 / 41));
  const Findings found = findings(table);
  CHECK(found.sentences[0].find("2 wins and 0 of the rest have a paired 95 % interval that excludes 0, and 0 and 0 survive "
                                "Holm's correction for 2 comparisons") != std::string::npos);
  std::string notes;
  for (const std::string& note : found.notes) notes += note;
  CHECK(notes.find("bootstrap.rounds to at least 80") != std::string::npos);
}

TEST_CASE("second best is the best where there is but one, and is told so") {
  test::TemporaryFolder folder;
  const auto outcomes = made_outcomes(folder.path(), {generalist("g", 0.61, {}), specialist("s", 0.66, {})});
  const ScoreTable table(outcomes);
  const auto list = matches(table, {Question::rq1, 2, "", Comparators::by_domain, false});
  REQUIRE(list.size() == 1);
  CHECK(list[0].fallback);
  CHECK(list[0].specialist.model == "s");
  CHECK_THROWS_AS(matches(table, {Question::rq1, 3, "", Comparators::by_domain, false}), Error);
}

TEST_CASE("within families only the own specialists count") {
  test::TemporaryFolder folder;
  auto foreign = specialist("s", 0.50, {});
  auto own = specialist("t", 0.70, {});
  foreign.family = "other";
  const auto outcomes = made_outcomes(folder.path(), {generalist("g", 0.61, {}), foreign, own});
  const ScoreTable table(outcomes);
  const auto list = matches(table, {Question::rq1, 2, "", Comparators::by_domain, true});
  REQUIRE(list.size() == 1);
  CHECK(list[0].specialist.model == "t");
  CHECK(matches(table, {Question::rq1, 2, "", Comparators::by_domain, false})[0].specialist.model == "s");
  CHECK(reference_lines(table, "", Comparators::by_domain, "other")[0].off_the_shelf[0].model == "s");
}

TEST_CASE("a tie is no win") {
  test::TemporaryFolder folder;
  const auto outcomes = made_outcomes(folder.path(), {generalist("g", 0.66, {}), specialist("s", 0.66, {})});
  const ScoreTable table(outcomes);
  CHECK(count_wins(table, {Question::rq1, 1, "", Comparators::by_domain, false}).wins == 0);
}

TEST_CASE("a damaged file of rounds is an error that names it") {
  test::TemporaryFolder folder;
  const auto outcomes = made_outcomes(folder.path(), {generalist("g", 0.61, kGeneralist), specialist("s", 0.66, kSpecialist)});
  std::string bytes = read_file(folder.path() / "s/d/off_the_shelf/rounds.bin");
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  write_file_atomically(folder.path() / "s/d/off_the_shelf/rounds.bin", bytes);
  const ScoreTable table(outcomes);
  CHECK_THROWS_WITH_AS(research_gaps(table), doctest::Contains("s/d/off_the_shelf/rounds.bin"), Error);
}
