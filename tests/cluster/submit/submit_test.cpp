// `medvlm submit` without a cluster: here, and with stand-ins for sbatch and squeue.
#include "program.hpp"

using namespace medvlm::e2e;
using nlohmann::json;

namespace {

fs::path write_study(const TempFolder& folder, const std::string& more = "") {
  return write(folder / "study.toml", study_text(synthetic(40, 32), "batch_size = 8") + more);
}

Outcome submit(const fs::path& study, const fs::path& output, const Words& more) {
  return start_and_wait(command("submit", study, output, more));
}

/// A program on a PATH of its own, before the system's.
void write_program(const fs::path& file, const std::string& lines) {
  write(file, "#!/bin/sh\n" + lines);
  fs::permissions(file, fs::perms::owner_all);
}

Outcome with_programs(const fs::path& bin, Words words) {
  return Process(std::move(words), {{"PATH", bin.string() + ":" + std::getenv("PATH")}}).wait();
}

std::size_t files_below(const fs::path& folder) {
  if (!fs::exists(folder)) return 0;
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) count += entry.is_regular_file() ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("shards that ran here and were joined equal a run in one piece, and then there is nothing to submit") {
  const TempFolder folder;
  const fs::path study = write_study(folder), whole = folder / "whole", cut = folder / "it's cut";
  REQUIRE(run(study, whole).status == 0);
  const Outcome first = submit(study, cut, {"--executor", "local", "--samples-per-shard", "12", "--json"});
  REQUIRE_MESSAGE(first.status == 0, first.err);
  const json jobs = json::parse(first.out)["jobs"];
  REQUIRE(jobs.size() == 3);
  CHECK(jobs[0]["stage"] == "shard");
  CHECK(jobs[0]["tasks"].size() == 4);
  CHECK(jobs[2]["stage"] == "report");
  for (const char* file : {"journal.jsonl", "predictions.jsonl", "rounds.bin"}) {
    CHECK(read(scenario(cut) / file) == read(scenario(whole) / file));
  }
  CHECK(comparable(scenario(cut)) == comparable(scenario(whole)));
  CHECK(start_and_wait({medvlm_program(), "status", cut.string()}).status == 0);

  const Outcome second = submit(study, cut, {"--executor", "local", "--json"});
  CHECK(second.status == 0);
  CHECK(json::parse(second.out)["jobs"].empty());
  CHECK(json::parse(second.out)["done"].size() == 1);

  fs::remove(scenario(cut) / "journal.jsonl");
  CHECK(start_and_wait({medvlm_program(), "status", cut.string()}).status == 21);
  CHECK(submit(study, cut, {"--executor", "local", "--quiet"}).status == 0);
  CHECK(read(scenario(cut) / "journal.jsonl") == read(scenario(whole) / "journal.jsonl"));
}

TEST_CASE("a dry run writes nothing, and shows resources of the study and the command line") {
  const TempFolder folder;
  const fs::path study = write_study(folder, "[cluster]\npartition = \"gpu\"\n[cluster.models.model]\nmem = \"9G\"\n");
  const fs::path output = folder / "out";
  const Outcome dry = submit(study, output, {"--dry-run", "--json", "--time", "00:05:00"});
  REQUIRE_MESSAGE(dry.status == 0, dry.err);
  const json job = json::parse(dry.out)["jobs"][0];
  CHECK(job["resources"] == json{{"partition", "gpu"}, {"time", "00:05:00"}, {"mem", "9G"}});
  CHECK_FALSE(fs::exists(output / "submission"));
  CHECK_FALSE(fs::exists(output / "submission.json"));
}

TEST_CASE("a study that no task can run is refused before anything is submitted") {
  const TempFolder folder;
  const fs::path output = folder / "out";
  const Outcome typo = submit(write_study(folder, "[cluster]\nmemory = \"9G\"\n"), output, {"--executor", "script"});
  CHECK(typo.status == 3);
  CHECK(contains(typo.err, "cluster.memory"));
  const fs::path study = write_study(folder);
  CHECK(submit(study, output, {"--executor", "slrum"}).status == 2);
  CHECK(submit(study, output, {"--executor", "script", "--shards", "0"}).status == 2);
  CHECK(submit(study, output, {"--executor", "script", "--only", "no/such/name"}).status == 2);
  CHECK(files_below(output / "submission") == 0);
  REQUIRE(run(study, output).status == 0);
  const Outcome other = submit(study, output, {"--executor", "script", "--set", "run.batch_size=4"});
  CHECK(other.status == 8);
  CHECK(contains(other.err, "batch_size"));
}

TEST_CASE("without sbatch the message says what to do") {
  const TempFolder folder;
  const fs::path study = write_study(folder), bin = folder / "bin";
  fs::create_directories(bin);
  for (const char* name : {"bash", "sh", "env"}) fs::create_symlink(fs::path("/bin") / name, bin / name);
  const Outcome outcome = Process(command("submit", study, folder / "out"), {{"PATH", bin.string()}}).wait();
  CHECK(outcome.status == 7);
  CHECK(contains(outcome.err, "--executor script"));
}

TEST_CASE("what sbatch took is noted, what waits or runs is not submitted again, and a refusal is told") {
  const TempFolder folder;
  const fs::path study = write_study(folder), output = folder / "out", bin = folder / "bin";
  write_program(bin / "sbatch",
                "case \"$*\" in *report*) echo 'sbatch: error: Invalid account' >&2; exit 1 ;; esac\necho 41\n");
  write_program(bin / "squeue", "echo '41|0|PENDING|Resources'\n");
  const Outcome refused = with_programs(bin, command("submit", study, output));
  CHECK(refused.status == 7);
  CHECK(contains(refused.err, "Invalid account"));
  const json record = json::parse(read(output / "submission.json"));
  CHECK(record["submissions"].size() == 1);
  CHECK(read(output / "submission" / "1" / "jobs.tsv") == "run-1\t41\n");

  write_program(bin / "sbatch", "echo 50\n");
  const Outcome again = with_programs(bin, command("submit", study, output, {"--json"}));
  CHECK(again.status == 0);
  CHECK(json::parse(again.out)["busy"].size() == 1);
  CHECK(json::parse(again.out)["jobs"].empty());
  const Outcome status = with_programs(bin, {medvlm_program(), "status", output.string(), "--json"});
  CHECK(status.status == 21);
  CHECK(json::parse(status.out)["scenarios"][0]["state"] == "queued");

  write_program(bin / "squeue", "echo 'Unable to contact slurm controller' >&2\nexit 1\n");
  const Outcome silent = with_programs(bin, command("submit", study, output));
  CHECK(silent.status == 7);
  CHECK(contains(silent.err, "Unable to contact"));

  write_program(bin / "squeue", "exit 0\n");
  const Outcome gone = with_programs(bin, command("submit", study, output, {"--json", "--device", "cpu"}));
  CHECK(gone.status == 0);
  const json jobs = json::parse(gone.out)["jobs"];
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0]["id"] == "50");
  const std::string script = read(output / "submission" / "2" / "run-1.sh");
  CHECK(contains(script, "--device cpu"));
  CHECK(contains(script, "--only model/data/ots"));
}
