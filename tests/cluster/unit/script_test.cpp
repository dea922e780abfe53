#include "cluster/script.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "cluster/local.hpp"
#include "cluster/process.hpp"
#include "cluster/task_states.hpp"
#include "temporary_folder.hpp"

using namespace medvlm::launcher::cluster;
namespace fs = std::filesystem;

namespace {

std::string read(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

bool never() { return false; }

/// A folder with everything that shells mistake for something else.
Submission submission(const fs::path& root) {
  return {1, "local", "", root / "it's $HOME; 100% \"out\"" / "submission" / "1", {}};
}

ScriptContext context(const fs::path& root) {
  ScriptContext made;
  made.study = "study";
  made.directory = root;
  return made;
}

Job job(const std::string& name, const std::string& stage, std::vector<std::vector<std::string>> calls) {
  Job made{name, stage, {}, {}, {}};
  for (auto& words : calls) made.tasks.push_back({{"m/d/a"}, "", std::move(words)});
  return made;
}

}  // namespace

TEST_CASE("a task gets its words whatever is in them, in its folder, with its environment") {
  const medvlm::test::TemporaryFolder root;
  Submission made = submission(root.path());
  const std::vector<std::string> odd = {"printf", "<%s>",      "a b", "it's",        "$HOME", "\"q\"",
                                        "*",      "line\nend", "",    "back\\slash", "`x`"};
  made.jobs = {job("run-1", "run", {{"true"}, odd, {"sh", "-c", "pwd; echo $GIVEN-$ARRANGED"}})};
  ScriptContext around = context(root.path());
  around.environment = {{"GIVEN", "o'clock"}};
  around.setup = {"export ARRANGED=yes"};
  write_scripts(made, around);
  CHECK(run_here(made, [](const LocalTask&) {}, never) == 0);
  CHECK(read(log_file(made, made.jobs[0], 1)) == "<a b><it's><$HOME><\"q\"><*><line\nend><><back\\slash><`x`>");
  CHECK(read(log_file(made, made.jobs[0], 2)) == fs::canonical(root.path()).string() + "\no'clock-yes\n");
}

TEST_CASE("a task notes how it ended, and what waits for success is left out after a failure") {
  const medvlm::test::TemporaryFolder root;
  Submission made = submission(root.path());
  made.jobs = {job("train-1", "train", {{"false"}, {"true"}}), job("shard-1", "shard", {{"true"}}),
               job("shard-2", "shard", {{"true"}}), job("run-1", "run", {{"true"}})};
  made.jobs[1].depends = {{"afterok", "train-1", 0}};
  made.jobs[2].depends = {{"afterok", "train-1", 1}};
  made.jobs[3].depends = {{"afterany", "train-1", {}}};
  write_scripts(made, context(root.path()));
  std::vector<bool> skipped;
  CHECK(run_here(made, [&](const LocalTask& task) { skipped.push_back(task.skipped); }, never) == 1);
  CHECK(skipped == std::vector<bool>{false, false, true, false, false});
  const auto failed = read_note(made, made.jobs[0], 0);
  REQUIRE(failed);
  CHECK(failed->ended);
  CHECK(failed->status == 1);
  CHECK(task_state(made, made.jobs[0], 1, nullptr) == TaskState::ended);
  CHECK(task_state(made, made.jobs[1], 0, nullptr) == TaskState::unknown);
}

TEST_CASE("failed samples do not keep a shard from being joined") {
  const medvlm::test::TemporaryFolder root;
  Submission made = submission(root.path());
  made.jobs = {job("shard-1", "shard", {{"sh", "-c", "exit 20"}}), job("run-1", "run", {{"sh", "-c", "exit 20"}})};
  write_scripts(made, context(root.path()));
  std::vector<int> statuses;
  run_here(made, [&](const LocalTask& task) { statuses.push_back(task.status); }, never);
  CHECK(statuses == std::vector<int>{0, 20});
}

TEST_CASE("a stop reaches the call itself, and nothing is started after it") {
  const medvlm::test::TemporaryFolder root;
  Submission made = submission(root.path());
  const std::string began = (root.path() / "began").string();
  ::setenv("MEDVLM_TEST_BEGAN", began.c_str(), 1);
  made.jobs = {
      job("run-1", "run",
          {{"sh", "-c", "trap 'echo stopping; exit 11' TERM; touch " + began + "; while :; do sleep 0.05; done"},
           {"sh", "-c", "echo started"}})};
  write_scripts(made, context(root.path()));
  const int status =
      run_here(made, [](const LocalTask&) {}, [] { return fs::exists(std::getenv("MEDVLM_TEST_BEGAN")); });
  CHECK(status == 11);
  CHECK(read(log_file(made, made.jobs[0], 0)) == "stopping\n");
  CHECK_FALSE(fs::exists(log_file(made, made.jobs[0], 1)));
  const auto note = read_note(made, made.jobs[0], 0);
  REQUIRE(note);
  CHECK(note->status == 11);
}

TEST_CASE("a note of a process that is gone does not count as running") {
  const medvlm::test::TemporaryFolder root;
  Submission made = submission(root.path());
  made.jobs = {job("run-1", "run", {{"true"}})};
  write_scripts(made, context(root.path()));
  const Reply host = ask({"uname", "-n"});
  std::ofstream(made.folder / "states" / "run-1-0")
      << "running - 1 " << host.text.substr(0, host.text.find('\n')) << " pid999999999\n";
  CHECK(task_state(made, made.jobs[0], 0, nullptr) == TaskState::lost);
  std::ofstream(made.folder / "states" / "run-1-0") << "running - 1 elsewhere pid1\n";
  CHECK(task_state(made, made.jobs[0], 0, nullptr) == TaskState::running);
}

TEST_CASE("jobs are submitted in order with what they wait for, by a stand-in for sbatch") {
  const medvlm::test::TemporaryFolder root;
  const fs::path bin = root.path() / "bin", calls = root.path() / "calls";
  fs::create_directories(bin);
  std::ofstream(bin / "sbatch") << "#!/bin/sh\nprintf '[%s]' \"$@\" >> '" << calls.string() << "'; echo >> '"
                                << calls.string() << "'\necho \"$(( 100 + $(wc -l < '" << calls.string()
                                << "') ));cluster\"\n";
  fs::permissions(bin / "sbatch", fs::perms::owner_all);
  Submission made = submission(root.path());
  made.jobs = {job("train-1", "train", {{"true"}}), job("shard-1", "shard", {{"true"}}),
               job("report-1", "report", {{"true"}})};
  made.jobs[1].depends = {{"afterok", "train-1", 0}};
  made.jobs[2].depends = {{"afterany", "train-1", {}}, {"afterany", "shard-1", {}}};
  write_scripts(made, context(root.path()));
  const std::string path = bin.string() + ":" + std::getenv("PATH");
  const Reply reply = ask({"env", "PATH=" + path, "bash", (made.folder / "submit.sh").string()});
  CHECK(reply.status == 0);
  CHECK(reply.text == "submitted 3 jobs\n");
  const std::string folder = made.folder.string();
  CHECK(read(calls) == "[--parsable][" + folder +
                           "/train-1.sh]\n[--parsable][--dependency=afterok:101_0][--kill-on-invalid-dep=yes][" +
                           folder +
                           "/shard-1.sh]\n[--parsable][--dependency=afterany:101:102][--kill-on-invalid-dep=yes][" +
                           folder + "/report-1.sh]\n");
  read_job_ids(made);
  CHECK(made.jobs[2].id == "103");
  CHECK(ask({"env", "PATH=" + path, "bash", (made.folder / "submit.sh").string()}).status == 8);
}

TEST_CASE("a job that sbatch refuses ends the submission there") {
  const medvlm::test::TemporaryFolder root;
  const fs::path bin = root.path() / "bin";
  fs::create_directories(bin);
  std::ofstream(bin / "sbatch")
      << "#!/bin/sh\ncase \"$*\" in *run-2*) echo 'no such partition' >&2; exit 3 ;; esac\necho 7\n";
  fs::permissions(bin / "sbatch", fs::perms::owner_all);
  Submission made = submission(root.path());
  made.jobs = {job("run-1", "run", {{"true"}}), job("run-2", "run", {{"true"}}), job("run-3", "run", {{"true"}})};
  write_scripts(made, context(root.path()));
  const Reply reply =
      ask({"env", "PATH=" + bin.string() + ":" + std::getenv("PATH"), "bash", (made.folder / "submit.sh").string()});
  CHECK(reply.status != 0);
  CHECK(reply.text == "no such partition\n");
  CHECK(read(made.folder / "jobs.tsv") == "run-1\t7\n");
}
