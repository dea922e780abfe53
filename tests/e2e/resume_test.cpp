// A run that is killed or stopped at any moment and then continued ends with the bytes of an uninterrupted run.
#include <random>

#include "program.hpp"

namespace medvlm::e2e {
namespace {

constexpr int kSamples = 240;
constexpr int kKills = 20;
constexpr int kKillsInOneFolder = 4;

/// The uninterrupted run, and how long it took.
struct Reference {
  TempFolder folder;
  fs::path study = write(folder / "study.toml", study_text(synthetic(kSamples), "batch_size = 4\n"));
  fs::path place = scenario(folder / "whole");
  Outcome outcome;
  double seconds = 0;

  Reference() {
    const auto start = std::chrono::steady_clock::now();
    outcome = run(study, folder / "whole", {"--quiet"});
    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
};

const Reference& reference() {
  static const Reference made;
  return made;
}

void check_same(const fs::path& place) {
  CHECK(read(place / "predictions.jsonl") == read(reference().place / "predictions.jsonl"));
  CHECK(comparable(place) == comparable(reference().place));
}

/// Starts the run in `output` and ends it without warning after `seconds`. False if it was done before.
bool run_and_kill(const fs::path& output, double seconds) {
  Process process(command("run", reference().study, output, {"--quiet"}));
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  if (process.has_ended()) return false;
  process.send(SIGKILL);
  return process.wait().signal == SIGKILL;
}

/// A process that has written `lines` lines of the journal, but not all.
bool wait_for_lines(Process& process, const fs::path& place, std::size_t lines) {
  return process.wait_until([&] { return journal_lines(place) >= lines; }) && !process.has_ended();
}

}  // namespace

TEST_CASE("the uninterrupted run scores every sample") {
  REQUIRE_MESSAGE(reference().outcome.status == 0, reference().outcome.err);
  CHECK(predictions(reference().place).size() == kSamples);
  CHECK(result(reference().place)["samples"]["scored"] == kSamples);
}

TEST_CASE("two uninterrupted runs give the same bytes") {
  TempFolder folder;
  REQUIRE(run(reference().study, folder / "out", {"--quiet"}).status == 0);
  check_same(scenario(folder / "out"));
}

TEST_CASE("a run without the embedding cache gives the same bytes as one with it") {
  TempFolder folder;
  REQUIRE(run(reference().study, folder / "out", {"--quiet", "--set", "run.cache=false"}).status == 0);
  CHECK(read(scenario(folder / "out") / "predictions.jsonl") == read(reference().place / "predictions.jsonl"));
  CHECK_FALSE(fs::exists(folder / "out/cache/embeddings"));
}

TEST_CASE("a run killed at 20 random moments and continued ends with the same bytes") {
  REQUIRE(reference().outcome.status == 0);
  std::mt19937 generator(20260101);
  int kills = 0, halfway = 0, folders = 0;
  while (kills < kKills && folders < 3 * kKills) {
    TempFolder folder;
    const fs::path output = folder / "out";
    ++folders;
    // The first kill at any moment of a whole run, those after it at any moment of what is left of it.
    double left = reference().seconds;
    for (int i = 0; i < kKillsInOneFolder && kills < kKills; ++i) {
      if (!run_and_kill(output, std::uniform_real_distribution<>(0, left)(generator))) break;
      ++kills;
      const std::size_t lines = journal_lines(scenario(output));
      halfway += lines > 1 && lines <= std::size_t(kSamples);
      left = reference().seconds * std::max(0.1, 1 - double(lines) / kSamples);
    }
    const Outcome last = run(reference().study, output, {"--quiet"});
    REQUIRE_MESSAGE(last.status == 0, last.err);
    check_same(scenario(output));
  }
  CHECK(kills == kKills);
  CHECK(halfway > 0);
  MESSAGE(kills << " kills in " << folders << " run folders, " << halfway << " between first and last prediction");
}

TEST_CASE("a journal that ends in a torn record is repaired and the run ends with the same bytes") {
  TempFolder folder;
  const fs::path place = scenario(folder / "out");
  {
    Process process(command("run", reference().study, folder / "out", {"--quiet"}));
    REQUIRE(wait_for_lines(process, place, 30));
    process.send(SIGKILL);
    process.wait();
  }
  std::string journal = read(place / "journal.jsonl");
  journal.resize(journal.find_last_of('\n') - 7);
  write(place / "journal.jsonl", journal);
  const Outcome outcome = run(reference().study, folder / "out");
  REQUIRE(outcome.status == 0);
  CHECK(contains(outcome.err, "cut off a torn record"));
  check_same(place);
}

TEST_CASE("a damaged record in the middle of a journal is refused with its line, and --fresh helps") {
  TempFolder folder;
  const fs::path place = scenario(folder / "out");
  REQUIRE(run(reference().study, folder / "out", {"--quiet"}).status == 0);
  std::string journal = read(place / "journal.jsonl");
  std::size_t third = 0;
  for (int i = 0; i < 2; ++i) third = journal.find('\n', third) + 1;
  journal[third + 20] = char(journal[third + 20] ^ 1);
  write(place / "journal.jsonl", journal);
  const Outcome refused = run(reference().study, folder / "out", {"--quiet"});
  CHECK(refused.status == 7);
  CHECK(contains(refused.err, "journal.jsonl:3: damaged record"));
  CHECK(contains(refused.err, "--fresh"));
  REQUIRE(run(reference().study, folder / "out", {"--quiet", "--fresh"}).status == 0);
  check_same(place);
}

TEST_CASE("Ctrl-C finishes the batch, ends with status 11, and the run continues to the same bytes") {
  TempFolder folder;
  const fs::path place = scenario(folder / "out");
  Process process(command("run", reference().study, folder / "out"));
  REQUIRE(wait_for_lines(process, place, 10));
  process.send(SIGINT);
  const Outcome stopped = process.wait();
  CHECK(stopped.signal == 0);
  CHECK(stopped.status == 11);
  CHECK(contains(stopped.err, "stopping after this batch"));
  CHECK(contains(stopped.out, "run the same command again to continue"));
  CHECK_FALSE(fs::exists(place / "result.json"));
  CHECK((journal_lines(place) - 1) % 4 == 0);  // whole batches
  const Outcome last = run(reference().study, folder / "out");
  REQUIRE(last.status == 0);
  CHECK(contains(last.err, "resuming, "));
  check_same(place);
}

TEST_CASE("a finished run that is run again computes nothing and leaves its files alone") {
  const auto before = read(reference().place / "result.json");
  REQUIRE(run(reference().study, reference().folder / "whole", {"--quiet"}).status == 0);
  CHECK(read(reference().place / "result.json") == before);
}

TEST_CASE("a second process on the same run folder is refused with status 8 and told of the first") {
  TempFolder folder;
  const fs::path place = scenario(folder / "out");
  Process first(command("run", reference().study, folder / "out", {"--quiet"}));
  REQUIRE(wait_for_lines(first, place, 10));
  first.send(SIGSTOP);  // it holds the folder however slow this test is
  const Outcome second = run(reference().study, folder / "out", {"--quiet"});
  const Outcome fresh = run(reference().study, folder / "out", {"--quiet", "--fresh"});
  first.send(SIGCONT);
  CHECK(second.status == 8);
  CHECK(contains(second.err, "is in use by process " + std::to_string(first.pid())));
  CHECK(fresh.status == 8);
  REQUIRE(first.wait().status == 0);
  check_same(place);
}

}  // namespace medvlm::e2e
