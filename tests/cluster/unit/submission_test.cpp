#include "cluster/submission.hpp"

#include <fstream>

#include <doctest/doctest.h>

#include "medvlm/base/error.hpp"
#include "temporary_folder.hpp"

using namespace medvlm::launcher::cluster;
namespace fs = std::filesystem;

TEST_CASE("submissions come back as they were written, with the numbers that submit.sh noted") {
  const medvlm::test::TemporaryFolder root;
  Submission made{3, "slurm", "2026-01-01T00:00:00Z", root.path() / "submission" / "3", {}};
  made.jobs.push_back({"train-1", "train", {{"gpus", "1"}}, {}, {{{"m/d/lora"}, "", {"medvlm", "run", "a b"}}}, "17"});
  made.jobs.push_back(
      {"shard-1", "shard", {}, {{"afterok", "train-1", 0}, {"afterany", "x", {}}}, {{{"m/d/lora"}, "2/4", {}}}});
  write_submissions(root.path(), {made});
  fs::create_directories(made.folder);
  std::ofstream(made.folder / "jobs.tsv") << "shard-1\t18\n";

  const auto list = read_submissions(root.path());
  REQUIRE(list.size() == 1);
  CHECK(list[0].number == 3);
  CHECK(list[0].folder == made.folder);
  REQUIRE(list[0].jobs.size() == 2);
  CHECK(list[0].jobs[0].id == "17");
  CHECK(list[0].jobs[0].resources == made.jobs[0].resources);
  CHECK(list[0].jobs[0].tasks[0].words == made.jobs[0].tasks[0].words);
  CHECK(list[0].jobs[1].id == "18");
  CHECK(list[0].jobs[1].tasks[0].shard == "2/4");
  REQUIRE(list[0].jobs[1].depends.size() == 2);
  CHECK(list[0].jobs[1].depends[0].task == 0);
  CHECK_FALSE(list[0].jobs[1].depends[1].task);
}

TEST_CASE("no file is no submission; a damaged one is told") {
  const medvlm::test::TemporaryFolder root;
  CHECK(read_submissions(root.path()).empty());
  std::ofstream(root.path() / "submission.json") << "{\"format\": 1";
  CHECK_THROWS_AS(read_submissions(root.path()), medvlm::Error);
  std::ofstream(root.path() / "submission.json") << "{\"format\": 2, \"submissions\": []}";
  CHECK_THROWS_AS(read_submissions(root.path()), medvlm::Error);
}
