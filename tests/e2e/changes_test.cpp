// A run folder holds one study: a changed one is refused with its differences, started over, or scored anew.
#include "program.hpp"

namespace medvlm::e2e {
namespace {

/// A finished run of a small study, and a copy of its folder for each case to play with.
struct Finished {
  TempFolder folder;
  fs::path study = write(folder / "study.toml", study_text(synthetic(24), "batch_size = 8\n"));
  Outcome outcome = run(study, folder / "out", {"--quiet"});
};

const Finished& finished() {
  static const Finished made;
  return made;
}

/// `out` of a copy is a finished run.
struct Copy {
  TempFolder folder;
  fs::path out = folder / "out";
  Copy() {
    REQUIRE_MESSAGE(finished().outcome.status == 0, finished().outcome.err);
    fs::copy(finished().folder / "out", out, fs::copy_options::recursive);
  }
  Outcome again(const Words& more) const {
    Words words{"--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    return run(finished().study, out, words);
  }
  std::string journal() const { return read(scenario(out) / "journal.jsonl"); }
};

/// The state that plan --json tells, of the only scenario.
nlohmann::json planned(const fs::path& out, const Words& more = {}) {
  Words words{"--json", "--quiet"};
  words.insert(words.end(), more.begin(), more.end());
  const Outcome outcome = plan(finished().study, out, words);
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  return nlohmann::json::parse(outcome.out)["scenarios"].at(0);
}

const Words kOtherTemplate{"--set", "adapters.ots.templates=[\"a scan of {}\"]"};

}  // namespace

TEST_CASE("another seed is refused with status 8, the difference is shown, and nothing is changed") {
  const Copy copy;
  const std::string before = copy.journal();
  const Outcome outcome = copy.again({"--set", "study.seed=7"});
  CHECK(outcome.status == 8);
  CHECK(contains(outcome.err, "run.seed: was 42, is 7"));
  CHECK(contains(outcome.err, "--fresh"));
  CHECK(copy.journal() == before);
}

TEST_CASE("another prompt template is refused with status 8 and both templates' place is shown") {
  const Copy copy;
  const Outcome outcome = copy.again(kOtherTemplate);
  CHECK(outcome.status == 8);
  CHECK(contains(outcome.err, "adapter.options.templates"));
  CHECK(contains(outcome.err, "a scan of {}"));
}

TEST_CASE("another checkpoint in the same place is refused with status 8") {
  TempFolder folder;
  fs::copy(MEDVLM_TINY_CHECKPOINT, folder / "checkpoint", fs::copy_options::recursive);
  const fs::path study =
      write(folder / "study.toml", study_text(synthetic(8), "", (folder / "checkpoint").string()));
  REQUIRE(run(study, folder / "out", {"--quiet"}).status == 0);
  std::string weights = read(folder / "checkpoint/model.safetensors");
  weights[weights.size() - 2] = char(weights[weights.size() - 2] ^ 1);  // a low bit of the last number
  write(folder / "checkpoint/model.safetensors", weights);
  const Outcome outcome = run(study, folder / "out", {"--quiet"});
  CHECK(outcome.status == 8);
  CHECK(contains(outcome.err, "model.weights_sha256: was "));
}

TEST_CASE("several changes are listed all") {
  const Copy copy;
  const Outcome outcome = copy.again({"--set", "study.seed=7", "--set", "run.batch_size=5", "--set",
                                      "datasets.data.difficulty=0.9", "--set", "run.limit=20"});
  CHECK(outcome.status == 8);
  for (const char* key :
       {"run.seed: ", "run.batch_size: was 8, is 5", "dataset.options.difficulty: ", "run.limit: was 0, is 20"}) {
    CHECK_MESSAGE(contains(outcome.err, key), key);
  }
}

TEST_CASE("--fresh starts a changed study over") {
  const Copy copy;
  Words words = kOtherTemplate;
  words.push_back("--fresh");
  const auto before = predictions(scenario(copy.out));
  REQUIRE(copy.again(words).status == 0);
  CHECK(predictions(scenario(copy.out)).size() == before.size());
  CHECK(predictions(scenario(copy.out)) != before);
  CHECK(planned(copy.out, kOtherTemplate)["state"] == "done");
}

TEST_CASE("other bootstrap rounds are refused, and --rescore keeps the predictions and computes the numbers anew") {
  const Copy copy;
  const Words rounds{"--set", "bootstrap.rounds=50"};
  const Outcome refused = copy.again(rounds);
  CHECK(refused.status == 8);
  CHECK(contains(refused.err, "scoring.bootstrap.rounds: was 1000, is 50"));
  CHECK(contains(refused.err, "--rescore"));
  const std::string before = read(scenario(copy.out) / "predictions.jsonl");
  REQUIRE(copy.again({"--set", "bootstrap.rounds=50", "--rescore"}).status == 0);
  CHECK(read(scenario(copy.out) / "predictions.jsonl") == before);
  const auto scored = result(scenario(copy.out));
  CHECK(scored["bootstrap"]["rounds"] == 50);
  CHECK(metric(scored, "auroc")["valid_rounds"] == 50);
  CHECK(scored["run"]["new_predictions"] == 0);
  CHECK(planned(copy.out, rounds)["state"] == "done");
}

TEST_CASE("a rescoring that was killed before its result was written is made good by the next run") {
  const Copy copy;
  const std::string old_result = read(scenario(copy.out) / "result.json");
  REQUIRE(copy.again({"--set", "bootstrap.rounds=50", "--rescore"}).status == 0);
  write(scenario(copy.out) / "result.json", old_result);
  REQUIRE(copy.again({"--set", "bootstrap.rounds=50"}).status == 0);
  CHECK(result(scenario(copy.out))["bootstrap"]["rounds"] == 50);
}

TEST_CASE("--rescore does not hide another seed") {
  const Copy copy;
  const Outcome outcome = copy.again({"--set", "study.seed=7", "--rescore"});
  CHECK(outcome.status == 8);
  CHECK(contains(outcome.err, "run.seed: was 42, is 7"));
}

TEST_CASE("--fresh and --rescore together are a wrong command line") {
  const Copy copy;
  CHECK(copy.again({"--fresh", "--rescore"}).status == 2);
}

TEST_CASE("plan says 'to do' before a run") {
  TempFolder folder;
  CHECK(planned(folder / "none")["state"] == "to do");
}

TEST_CASE("plan says 'done' after a run") {
  const Copy copy;
  CHECK(planned(copy.out)["state"] == "done");
  CHECK(planned(copy.out)["predictions"] == 24);
}

TEST_CASE("plan says 'partial' with the number of predictions after a stop") {
  const Copy copy;
  const std::string journal = copy.journal();
  std::size_t end = 0;
  for (int i = 0; i < 9; ++i) end = journal.find('\n', end) + 1;  // the header and one batch of eight
  write(scenario(copy.out) / "journal.jsonl", journal.substr(0, end));
  CHECK(planned(copy.out)["state"] == "partial");
  CHECK(planned(copy.out)["predictions"] == 8);
}

TEST_CASE("plan says 'changed' and what changed") {
  const Copy copy;
  const auto state = planned(copy.out, {"--set", "study.seed=7"});
  CHECK(state["state"] == "changed");
  CHECK(contains(state["differences"].dump(), "run.seed: was 42, is 7"));
  const Outcome shown = plan(finished().study, copy.out, {"--set", "study.seed=7"});
  CHECK(contains(shown.out, "changed since the run:"));
}

TEST_CASE("plan changes nothing in a run folder") {
  const Copy copy;
  const std::string journal = copy.journal(), before = read(scenario(copy.out) / "result.json");
  planned(copy.out);
  planned(copy.out, {"--set", "study.seed=7"});
  CHECK(copy.journal() == journal);
  CHECK(read(scenario(copy.out) / "result.json") == before);
}

}  // namespace medvlm::e2e
