// result.json files of this and older versions as plain data, in the study's order.
#include <cmath>

#include <doctest/doctest.h>

#include "made_results.hpp"
#include "medvlm/analysis/score_table.hpp"
#include "medvlm/base/error.hpp"
#include "temporary_folder.hpp"

using namespace medvlm;
using namespace medvlm::analysis;
using medvlm::test::make_scenario;
using medvlm::test::MadeScenario;

TEST_CASE("all that a result tells") {
  test::TemporaryFolder folder;
  MadeScenario made{"m", "d", "lora", 0.7};
  made.seed = 7;
  made.trained_parameters = 12;
  made.training_seconds = 3.5;
  make_scenario(folder.path(), made);
  const Outcome outcome = read_outcome(folder.path() / "m/d/lora/seed-7");
  CHECK(outcome.name() == "m/d/lora/seed-7");
  CHECK(outcome.study == "made");
  CHECK(outcome.adapter.seed == std::uint64_t{7});
  CHECK(outcome.adapter.trains);
  CHECK(outcome.dataset.task == "diagnosis");
  CHECK(outcome.dataset.samples_sha256 == "abc");
  CHECK(outcome.counts.total == 10);
  CHECK(outcome.counts.scored == 9);
  CHECK(outcome.counts.errored == 1);
  CHECK(outcome.cost.trained_parameters == 12);
  CHECK(outcome.cost.training_seconds == 3.5);
  CHECK(outcome.cost.evaluation_seconds == 2.5);
  CHECK(outcome.cost.device == "cpu");
  CHECK_FALSE(outcome.published);
  REQUIRE(outcome.find("", "auroc"));
  CHECK(outcome.find("auroc", "auroc")->interval.value == 0.7);
  CHECK(std::isnan(outcome.find("auroc", "auroc")->interval.low));
  CHECK(outcome.find("other", "auroc") == nullptr);
}

TEST_CASE("a result of an older version, which knows less") {
  test::TemporaryFolder folder;
  auto result = test::result_of({"m", "d", "lora/seed-3", 0.7});
  auto& manifest = result["manifest"];
  manifest["adapter"] = {{"name", "lora/seed-3"}};
  manifest["plugins"] = {{{"kind", "model"}, {"id", "clip"}}, {{"kind", "adapter"}, {"id", "lora"}}};
  manifest["dataset"] = {{"name", "d"}};
  manifest["model"] = {{"name", "m"}, {"role", "specialist"}, {"modalities", {"x"}}, {"trained_on", {"d"}}, {"domain", "ID"}};
  result["training"] = {{"seconds", 1.0}, {"trained_parameters", 49}};
  result.erase("run");
  write_file_atomically(folder.path() / "result.json", result.dump());
  Outcome outcome = read_outcome(folder.path());
  CHECK(outcome.adapter.name == "lora");
  CHECK(outcome.adapter.seed == std::uint64_t{3});
  CHECK(outcome.adapter.plugin == "lora");
  CHECK(outcome.adapter.trains);
  CHECK(outcome.trained_on);
  CHECK(outcome.domain == "ID");
  CHECK(outcome.cost.trained_parameters == 49);
  CHECK(outcome.cost.evaluation_seconds == 0);
  CHECK(outcome.dataset.task == "diagnosis");
  write_file_atomically(folder.path() / "predictions.jsonl", "{\"index\":0,\"question\":\"what?\"}\n");
  outcome = read_outcome(folder.path());
  CHECK(outcome.dataset.task == "vqa");
}

TEST_CASE("damaged results are refused by name") {
  test::TemporaryFolder folder;
  const auto refuses = [&](const std::string& text, const std::string& why) {
    write_file_atomically(folder.path() / "result.json", text);
    CHECK_THROWS_WITH_AS(read_outcome(folder.path()), doctest::Contains(why.c_str()), Error);
    CHECK_THROWS_WITH_AS(read_outcome(folder.path()), doctest::Contains("result.json"), Error);
  };
  refuses("{\"format\":1,", "no JSON");
  refuses("[1]", "no result of medvlm");
  refuses("{}", "no manifest");
  auto result = test::result_of({"m", "d"});
  result["format"] = 2;
  refuses(result.dump(), "format 2");
  result["format"] = 1;
  result["metrics"][0]["value"] = "high";
  refuses(result.dump(), "is damaged");
  result = test::result_of({"m", "d"});
  result["manifest"]["model"].erase("name");
  refuses(result.dump(), "names no model");
  result = test::result_of({"m", "d", "lora"});
  result["manifest"]["adapter"] = {{"name", "lora/seed-x"}};
  refuses(result.dump(), "is damaged");
}

TEST_CASE("results are found below a study in its order, once each, without what is no scenario") {
  test::TemporaryFolder folder;
  for (const char* model : {"a", "b", "c"}) make_scenario(folder.path(), {model, "d", "off_the_shelf", 0.5});
  MadeScenario seeded{"a", "d", "lora", 0.5};
  seeded.seed = 1;
  make_scenario(folder.path(), seeded);
  std::filesystem::create_directories(folder.path() / "cache");
  std::filesystem::copy(folder.path() / "a/d/off_the_shelf/result.json", folder.path() / "cache/result.json");
  std::filesystem::create_directories(folder.path() / "a/d/off_the_shelf/adapter");
  std::filesystem::copy(folder.path() / "a/d/off_the_shelf/result.json", folder.path() / "a/d/off_the_shelf/adapter/result.json");
  write_file_atomically(folder.path() / "study.json",
                        R"({"format":1,"scenarios":[{"folder":"c/d/off_the_shelf"},{"folder":"a/d/lora/seed-1"},{"folder":"b/d/off_the_shelf"}]})");
  const auto names = [](const std::vector<Outcome>& outcomes) {
    std::vector<std::string> list;
    for (const Outcome& outcome : outcomes) list.push_back(outcome.name());
    return list;
  };
  const std::vector<std::string> expected = {"c/d/off_the_shelf", "a/d/lora/seed-1", "b/d/off_the_shelf", "a/d/off_the_shelf"};
  CHECK(names(read_outcomes({folder.path()})) == expected);
  CHECK(names(read_outcomes({folder.path(), folder.path() / "b"})) == expected);
  CHECK(names(read_outcomes({folder.path() / "b"})) == std::vector<std::string>{"b/d/off_the_shelf"});
  CHECK(names(read_outcomes({folder.path() / "b/d/off_the_shelf/result.json"})) == std::vector<std::string>{"b/d/off_the_shelf"});
  CHECK_THROWS_WITH_AS(read_outcomes({folder.path() / "none"}), doctest::Contains("none"), Error);
  CHECK_THROWS_WITH_AS(read_outcomes({folder.path() / "a/d/off_the_shelf/adapter/.."  / "adapter/no"}),
                       doctest::Contains("no folder"), Error);
  std::filesystem::create_directories(folder.path() / "empty");
  CHECK_THROWS_WITH_AS(read_outcomes({folder.path() / "empty"}), doctest::Contains("no finished scenario"), Error);
}

TEST_CASE("two results of one name: the first is used, and it is said") {
  test::TemporaryFolder folder;
  make_scenario(folder.path() / "one", {"m", "d", "off_the_shelf", 0.5});
  make_scenario(folder.path() / "two", {"m", "d", "off_the_shelf", 0.6});
  MadeScenario seeded{"m", "d", "lora", 0.7};
  make_scenario(folder.path() / "one", seeded);
  seeded.seed = 1;
  seeded.value = 0.8;
  make_scenario(folder.path() / "one", seeded);
  const auto outcomes = read_outcomes({folder.path() / "one", folder.path() / "two"});
  CHECK(outcomes.size() == 4);
  const ScoreTable table(outcomes);
  CHECK(table.cell("m", "d", "off_the_shelf")->value == 0.5);
  CHECK(table.cell("m", "d", "lora")->value == 0.8);
  CHECK(table.notes().size() == 2);
}

TEST_CASE("the table's metric is the headline that most have, and another can be chosen") {
  test::TemporaryFolder folder;
  MadeScenario made{"m", "d", "off_the_shelf", 0.5};
  make_scenario(folder.path(), made);
  made.model = "n";
  made.metric = "accuracy";
  make_scenario(folder.path(), made);
  made.model = "o";
  make_scenario(folder.path(), made);
  const auto outcomes = read_outcomes({folder.path()});
  CHECK(metrics_of(outcomes, "diagnosis").size() == 2);
  const ScoreTable table(outcomes);
  CHECK(table.metric().name == "accuracy");
  CHECK(table.cells().size() == 2);
  REQUIRE(table.notes().size() == 1);
  CHECK(table.notes()[0].find("1 scenario has no value of accuracy") != std::string::npos);
  CHECK(ScoreTable(outcomes, {"", "auroc", "", {}}).cells().size() == 1);
  CHECK(ScoreTable(outcomes, {"", "auroc/auroc", "", {}}).cells().size() == 1);
  CHECK(table.tuned().empty());
  CHECK(ScoreTable(outcomes, {"", "", "off_the_shelf", {"off_the_shelf"}}).tuned().size() == 1);
}
