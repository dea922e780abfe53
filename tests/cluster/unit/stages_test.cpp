#include "cluster/stages.hpp"

#include <doctest/doctest.h>

using namespace medvlm::launcher::cluster;

namespace {

StageOptions options() {
  StageOptions made;
  made.report = false;
  made.resources = [](const std::string& model, const std::string&) {
    return model == "large" ? Resources{{"mem", "64G"}} : Resources{};
  };
  return made;
}

PendingScenario scenario(const std::string& name, const std::string& embeddings = "", std::size_t shards = 1,
                         bool trains = false) {
  return {name, name.substr(0, name.find('/')), trains, embeddings, shards, {}};
}

std::string waits(const Job& job) {
  std::string text;
  for (const Dependency& each : job.depends) {
    text += each.type + ":" + each.job + (each.task ? "_" + std::to_string(*each.task) : std::string()) + " ";
  }
  return text;
}

}  // namespace

TEST_CASE("scenarios of one kind are one array; other resources are another") {
  const auto jobs = plan_jobs({scenario("a/d/lora"), scenario("large/d/lora"), scenario("b/d/lora")}, options());
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].name == "run-1");
  CHECK(jobs[0].tasks.size() == 2);
  CHECK(jobs[0].tasks[1].scenarios == std::vector<std::string>{"b/d/lora"});
  CHECK(jobs[1].name == "run-2");
  CHECK(jobs[1].resources == Resources{{"mem", "64G"}});
}

TEST_CASE("a scenario that is cut trains once, predicts side by side, and is joined after that") {
  const auto jobs = plan_jobs({scenario("m/d/lora", "", 3, true)}, options());
  REQUIRE(jobs.size() == 3);
  CHECK(jobs[0].stage == "train");
  CHECK(jobs[1].stage == "shard");
  REQUIRE(jobs[1].tasks.size() == 3);
  CHECK(jobs[1].tasks[0].shard == "1/3");
  CHECK(jobs[1].tasks[2].shard == "3/3");
  CHECK(waits(jobs[1]) == "afterok:train-1_0 ");
  CHECK(jobs[2].stage == "merge");
  CHECK(waits(jobs[2]) == "afterok:shard-1 ");
}

TEST_CASE("shards that are done are left out; with all of them only the joining is left") {
  PendingScenario some = scenario("m/d/ots", "", 3);
  some.done_shards = {0, 2};
  auto jobs = plan_jobs({some}, options());
  REQUIRE(jobs.size() == 2);
  REQUIRE(jobs[0].tasks.size() == 1);
  CHECK(jobs[0].tasks[0].shard == "2/3");
  some.done_shards = {0, 1, 2};
  jobs = plan_jobs({some}, options());
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].stage == "merge");
  CHECK(jobs[0].depends.empty());
}

TEST_CASE("of scenarios that share embeddings the one that trains goes first, and the others wait for it") {
  const auto jobs = plan_jobs({scenario("m/d/ots", "m/d"), scenario("m/d/probe", "m/d", 1, true),
                               scenario("m/d/clip", "m/d", 1, true), scenario("m/e/ots", "m/e"), scenario("m/d/lora")},
                              options());
  REQUIRE(jobs.size() == 2);
  REQUIRE(jobs[0].tasks.size() == 3);
  CHECK(jobs[0].tasks[0].scenarios.front() == "m/d/probe");
  CHECK(jobs[0].tasks[1].scenarios.front() == "m/e/ots");
  CHECK(jobs[0].tasks[2].scenarios.front() == "m/d/lora");
  CHECK(jobs[0].depends.empty());
  CHECK(waits(jobs[1]) == "afterany:run-1_0 ");
  REQUIRE(jobs[1].tasks.size() == 2);
  CHECK(jobs[1].tasks[0].scenarios.front() == "m/d/ots");
}

TEST_CASE("those that share embeddings wait for the joining where the first is cut") {
  const auto jobs = plan_jobs({scenario("m/d/ots", "m/d", 2), scenario("m/d/probe", "m/d", 2, true)}, options());
  REQUIRE(jobs.size() == 5);
  CHECK(jobs[0].tasks[0].scenarios.front() == "m/d/probe");
  CHECK(jobs[0].stage == "train");
  CHECK(jobs[3].stage == "shard");
  CHECK(waits(jobs[3]) == "afterany:merge-1_0 ");
  CHECK(waits(jobs[4]) == "afterok:shard-2 ");
}

TEST_CASE("an array has no more tasks than Slurm takes, and names stay unique") {
  std::vector<PendingScenario> many;
  for (int i = 0; i < 2500; ++i) many.push_back(scenario("m/d" + std::to_string(i) + "/lora"));
  const auto jobs = plan_jobs(many, options());
  REQUIRE(jobs.size() == 3);
  CHECK(jobs[0].tasks.size() == kMaxArray);
  CHECK(jobs[2].tasks.size() == 500);
  CHECK(jobs[1].name == "run-2");
  CHECK(jobs[2].name == "run-3");
}

TEST_CASE("grouped by model, a model is one task") {
  StageOptions by_model = options();
  by_model.group_by_model = true;
  const auto jobs = plan_jobs({scenario("a/d/x"), scenario("b/d/x"), scenario("a/e/x")}, by_model);
  REQUIRE(jobs.size() == 1);
  REQUIRE(jobs[0].tasks.size() == 2);
  CHECK(jobs[0].tasks[0].scenarios == std::vector<std::string>{"a/d/x", "a/e/x"});
}

TEST_CASE("the report comes after every last task, and not alone") {
  StageOptions reported = options();
  reported.report = true;
  const auto jobs = plan_jobs({scenario("m/d/lora", "", 2, true), scenario("m/e/ots")}, reported);
  CHECK(jobs.back().stage == "report");
  CHECK(waits(jobs.back()) == "afterany:merge-1 afterany:run-1 ");
  CHECK(plan_jobs({}, reported).empty());
}
