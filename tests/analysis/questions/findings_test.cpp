// The sentences where the questions can only be answered in part, or not at all.
#include <doctest/doctest.h>

#include "made_results.hpp"
#include "medvlm/analysis/findings.hpp"
#include "medvlm/analysis/research_questions.hpp"
#include "medvlm/base/error.hpp"
#include "temporary_folder.hpp"

using namespace medvlm;
using namespace medvlm::analysis;
using medvlm::test::made_outcomes;
using medvlm::test::MadeScenario;

namespace {

Findings findings_of(const std::vector<MadeScenario>& list) {
  test::TemporaryFolder folder;
  const auto outcomes = made_outcomes(folder.path(), list);
  return findings(ScoreTable(outcomes));
}

bool says(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

MadeScenario scenario(const std::string& model, const std::string& role, const std::string& adapter, double value,
                      const std::string& domain = "OOD", const std::string& family = "F") {
  MadeScenario made{model, "d", adapter, value};
  made.role = role;
  made.domain = domain;
  made.family = family;
  return made;
}

}  // namespace

TEST_CASE("no roles") {
  const auto found = findings_of({scenario("a", "", "off_the_shelf", 0.5, "-"), scenario("b", "", "linear_probe", 0.6, "-")});
  REQUIRE(found.sentences.size() == 3);
  for (const auto& sentence : found.sentences) CHECK(says(sentence, "no model is marked as generalist or specialist"));
}

TEST_CASE("no specialist, no generalist") {
  CHECK(says(findings_of({scenario("a", "generalist", "off_the_shelf", 0.5)}).sentences[0], "no specialist was evaluated"));
  CHECK(says(findings_of({scenario("a", "specialist", "off_the_shelf", 0.5, "ID")}).sentences[0], "no generalist was evaluated"));
}

TEST_CASE("nothing tuned") {
  const auto found = findings_of({scenario("a", "generalist", "off_the_shelf", 0.5),
                                  scenario("s", "specialist", "off_the_shelf", 0.6, "ID")});
  CHECK(says(found.sentences[0],
             "RQ1: Off the shelf, the generalist 'a' is not ahead of the in-domain (ID) specialist off the shelf, 's': "
                                 "-10.0 points of auroc on d (there is no interval of the difference); it is the only comparison."));
  CHECK(says(found.sentences[1], "cannot be answered, because nothing was tuned"));
  CHECK(says(found.sentences[2], "cannot be answered, because nothing was tuned"));
}

TEST_CASE("nothing off the shelf") {
  const auto found = findings_of({scenario("a", "generalist", "lora", 0.7), scenario("s", "specialist", "lora", 0.6)});
  CHECK(says(found.sentences[0], "nothing was evaluated off the shelf"));
  CHECK(says(found.sentences[2],
             "Tuned with lora, the generalist 'a' is ahead of the equally tuned out-of-domain (OOD) specialist, 's'"));
  CHECK(says(found.sentences[2], "+10.0 points"));
  REQUIRE(found.notes.size() == 2);
  CHECK(says(found.notes[1], "Values with lora are of one training each"));
}

TEST_CASE("specialists at home only, or never") {
  const auto home = findings_of({scenario("a", "generalist", "lora", 0.7), scenario("s", "specialist", "lora", 0.6, "ID")});
  CHECK(says(home.sentences[2], "no specialist was evaluated with lora outside of its domain (OOD)"));
  const auto away = findings_of({scenario("a", "generalist", "off_the_shelf", 0.7),
                                 scenario("s", "specialist", "off_the_shelf", 0.6)});
  CHECK(says(away.sentences[0], "no specialist was evaluated with off_the_shelf in its domain (ID)"));
}

TEST_CASE("domains that nobody told") {
  const auto found = findings_of({scenario("a", "generalist", "off_the_shelf", 0.7),
                                  scenario("s", "specialist", "off_the_shelf", 0.6, "-")});
  CHECK(says(found.sentences[0], "it is not known where specialists are in their domain"));
}

TEST_CASE("families that never meet, several comparisons") {
  const auto found = findings_of({scenario("a", "generalist", "off_the_shelf", 0.7, "OOD", "A"),
                                  scenario("b", "generalist", "off_the_shelf", 0.5, "OOD", "B"),
                                  scenario("s", "specialist", "off_the_shelf", 0.6, "ID", "S")});
  CHECK(says(found.sentences[0], "generalists are ahead half of the time of the best in-domain (ID) specialist off the shelf"));
  CHECK(says(found.sentences[0], "1 of 2 comparisons on 1 dataset"));
  CHECK(says(found.sentences[0], "no family has models on both sides"));
}

TEST_CASE("two generalists of one family") {
  const auto found = findings_of({scenario("a", "generalist", "off_the_shelf", 0.7),
                                  scenario("b", "generalist", "off_the_shelf", 0.5),
                                  scenario("s", "specialist", "off_the_shelf", 0.4, "ID")});
  CHECK(says(found.sentences[0], "generalists are always ahead of"));
  CHECK(says(found.sentences[0], "in the one family with models on both sides the gap of the best is +30.0 points"));
}

TEST_CASE("sides on different datasets") {
  auto elsewhere = scenario("s", "specialist", "off_the_shelf", 0.6, "ID");
  elsewhere.dataset = "e";
  CHECK(says(findings_of({scenario("a", "generalist", "off_the_shelf", 0.7), elsewhere}).sentences[0],
             "generalists and specialists were evaluated on different datasets"));
}

TEST_CASE("training on the dataset is noted") {
  auto trained = scenario("s", "specialist", "off_the_shelf", 0.6, "ID");
  trained.trained_on = true;
  std::string notes;
  for (const auto& note : findings_of({scenario("a", "generalist", "off_the_shelf", 0.7), trained}).notes) notes += note + "\n";
  CHECK(says(notes, "s on d."));
}

TEST_CASE("an undefined value is no contender") {
  test::TemporaryFolder folder;
  auto undefined = scenario("a", "generalist", "off_the_shelf", 0.0);
  undefined.value = std::numeric_limits<double>::quiet_NaN();  // null in the file
  const auto outcomes = made_outcomes(folder.path(), {undefined, scenario("s", "specialist", "off_the_shelf", 0.6, "ID")});
  const ScoreTable table(outcomes);
  CHECK(table.cells().size() == 2);
  CHECK(research_gaps(table).empty());
}

TEST_CASE("no results") { CHECK_THROWS_AS(ScoreTable({}), Error); }
