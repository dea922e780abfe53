#include "cluster/overview.hpp"

#include <cstdlib>
#include <fstream>

#include <doctest/doctest.h>

#include "cluster/study_record.hpp"
#include "cluster/submission.hpp"
#include "medvlm/base/error.hpp"
#include "temporary_folder.hpp"

using namespace medvlm::launcher::cluster;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

std::string journal(int records) {
  std::string text = "00000000 {\"journal\": 1}\n";
  for (int i = 0; i < records; ++i) text += "00000000 {}\n";
  return text;
}

/// A study of scenarios m/d/<name> with ten samples each.
void write_study(const fs::path& output, const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    list += std::string(list.empty() ? "" : ",") + R"({"name": "m/d/)" + name + R"(", "folder": "m/d/)" + name +
            R"(", "samples": 10, "trains": false})";
  }
  write(output / "study.json", R"({"format": 1, "study": "s", "scenarios": [)" + list + "]}");
}

void write_result(const fs::path& folder, int errored) {
  write(folder / "result.json", R"({"format": 1, "scenario": "x", "samples": {"total": 10, "scored": )" +
                                    std::to_string(10 - errored) + R"(, "errored": )" + std::to_string(errored) +
                                    R"(, "missing": 0}, "metrics": [{"total": 99}]})");
}

const ScenarioStatus& find(const Overview& overview, const std::string& name) {
  for (const ScenarioStatus& each : overview.scenarios) {
    if (each.name == "m/d/" + name) return each;
  }
  FAIL("no scenario " << name);
  return overview.scenarios.front();
}

}  // namespace

TEST_CASE("files tell how far a scenario is") {
  const medvlm::test::TemporaryFolder root;
  const fs::path& out = root.path();
  write_study(out, {"done", "partial", "cut", "failed", "new", "trained", "lost-journal", "imported"});
  write(out / "m/d/done/journal.jsonl", journal(10));
  write_result(out / "m/d/done", 2);
  write(out / "m/d/partial/journal.jsonl", journal(4) + "torn line");
  write(out / "m/d/cut/shards/1-of-2/journal.jsonl", journal(5));
  write(out / "m/d/cut/shards/2-of-2/journal.jsonl", journal(2));
  write(out / "m/d/failed/error.json", R"({"code": "data", "message": "no such image"})");
  write(out / "m/d/trained/training.json", R"({"finished": true})");
  write_result(out / "m/d/lost-journal", 0);
  write(out / "m/d/lost-journal/predictions.jsonl", "{}\n");
  write_result(out / "m/d/imported", 0);

  const Overview overview = look_over(out);
  CHECK(overview.study == "s");
  CHECK(find(overview, "done").state == State::done);
  CHECK(find(overview, "done").errored == 2);
  CHECK(find(overview, "done").samples == 10);
  CHECK(find(overview, "partial").state == State::partial);
  CHECK(find(overview, "partial").predictions == 4);
  CHECK(find(overview, "cut").state == State::partial);
  CHECK(find(overview, "cut").predictions == 7);
  CHECK(find(overview, "failed").state == State::failed);
  CHECK(find(overview, "failed").note == "data: no such image");
  CHECK(find(overview, "new").state == State::to_do);
  CHECK(find(overview, "trained").state == State::partial);
  CHECK(find(overview, "lost-journal").state == State::to_do);
  CHECK(find(overview, "imported").state == State::done);
}

TEST_CASE("the queue tells who runs and who waits; what is in neither place is lost") {
  const medvlm::test::TemporaryFolder root;
  const fs::path& out = root.path();
  write_study(out, {"runs", "waits", "lost", "ended"});
  Submission made{1, "slurm", "", out / "submission" / "1", {}};
  Job job{"run-1", "run", {}, {}, {}, "55"};
  for (const char* name : {"runs", "waits", "lost", "ended"}) {
    job.tasks.push_back({{std::string("m/d/") + name}, "", {}});
  }
  made.jobs.push_back(job);
  write_submissions(out, {made});
  write(out / "submission/1/states/run-1-2", "running - 1 node7 55\n");
  write(out / "submission/1/states/run-1-3", "ended 5 1 node7 55\n");
  write(out / "bin/squeue",
        "#!/bin/sh\necho '55|0|RUNNING|None'\necho '55|1|PENDING|Resources'\necho '56|2|RUNNING|None'\n");
  fs::permissions(out / "bin/squeue", fs::perms::owner_all);
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", ((out / "bin").string() + ":" + path).c_str(), 1);
  const Overview overview = look_over(out);
  CHECK(overview.queue_note.empty());
  CHECK(find(overview, "runs").state == State::running);
  CHECK(find(overview, "waits").state == State::queued);
  CHECK(find(overview, "lost").state == State::failed);
  CHECK(find(overview, "lost").note.find("without a word") != std::string::npos);
  CHECK(find(overview, "ended").state == State::failed);
  CHECK(find(overview, "ended").note.find("status 5") != std::string::npos);
  CHECK(find(overview, "ended").log == log_file(made, job, 3));

  write(out / "bin/squeue",
        "#!/bin/sh\necho 'slurm_load_jobs error: Unable to contact slurm controller' >&2\nexit 1\n");
  const Overview silent = look_over(out);
  ::setenv("PATH", path.c_str(), 1);
  CHECK(silent.queue_note.find("Unable to contact") != std::string::npos);
  CHECK(find(silent, "waits").state == State::queued);
}

TEST_CASE("a later submission's task counts, not the failure before it") {
  const medvlm::test::TemporaryFolder root;
  const fs::path& out = root.path();
  write_study(out, {"a"});
  std::vector<Submission> list;
  for (std::size_t number : {1, 2}) {
    list.push_back({number,
                    "local",
                    "",
                    out / "submission" / std::to_string(number),
                    {{"run-1", "run", {}, {}, {{{"m/d/a"}, "", {}}}}}});
  }
  write_submissions(out, list);
  write(out / "submission/1/states/run-1-0", "ended 5 1 node7 pid7\n");
  CHECK(find(look_over(out), "a").state == State::to_do);
  list.pop_back();
  write_submissions(out, list);
  CHECK(find(look_over(out), "a").state == State::failed);
}

TEST_CASE("folders without a record are searched for scenarios") {
  const medvlm::test::TemporaryFolder root;
  write(root.path() / "m/d/a/journal.jsonl", journal(1));
  write(root.path() / "m/d/b/seed-1/journal.jsonl", journal(1));
  write(root.path() / "m/d/a/train/journal.jsonl", journal(1));
  write(root.path() / "cache/x/y/journal.jsonl", journal(1));
  const StudyRecord record = read_study_record(root.path());
  REQUIRE(record.scenarios.size() == 2);
  CHECK(record.scenarios[0].name == "m/d/a");
  CHECK(record.scenarios[1].name == "m/d/b/seed-1");
  CHECK_THROWS_AS(read_study_record(root.path() / "m/d/a/train"), medvlm::Error);
  CHECK_THROWS_AS(read_study_record(root.path() / "none"), medvlm::Error);
}

TEST_CASE("a study's folder is found in its TOML and in what that includes") {
  const medvlm::test::TemporaryFolder root;
  const fs::path& folder = root.path();
  write(folder / "a.toml", "[study]\nname = \"a\"\noutput = \"out/../results\"\n");
  write(folder / "b.toml", "include = [\"sub/base.toml\", \"sub/later.toml\"]\n[study]\nname = \"b\"\n");
  write(folder / "sub/base.toml", "[study]\noutput = \"first\"\n");
  write(folder / "sub/later.toml", "[study]\noutput = \"second\"\n");
  write(folder / "c.toml", "[study]\nname = \"c\"\n");
  write(folder / "d.toml", "[run]\n");
  CHECK(output_of_study(folder / "a.toml") == folder / "results");
  CHECK(output_of_study(folder / "b.toml") == folder / "sub/second");
  CHECK(output_of_study(folder / "c.toml") == fs::current_path() / "results/c");
  CHECK_THROWS_AS(output_of_study(folder / "d.toml"), medvlm::Error);
}
