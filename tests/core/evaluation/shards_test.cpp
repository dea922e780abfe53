// A test split in parts: each is predicted on its own, and joined they give what an undivided run gives.
#include <doctest/doctest.h>

#include "fakes.hpp"

namespace medvlm::test {
namespace {

const char* const kFiles[] = {"journal.jsonl", "predictions.jsonl", "rounds.bin"};

void check_same(const Bench& joined, const Bench& whole) {
  for (const char* name : kFiles) {
    CAPTURE(name);
    CHECK(joined.file(name) == whole.file(name));
  }
}

}  // namespace

TEST_CASE("joined shards give the bytes of an undivided run, whatever their number and order") {
  Bench whole;
  whole.dataset.unreadable = {7};
  CHECK(whole.run().scored == 19);
  for (const std::size_t count : {1, 2, 3, 5, 9}) {
    CAPTURE(count);
    Bench joined;
    joined.dataset.unreadable = {7};
    std::size_t samples = 0, errored = 0;
    for (std::size_t index = count; index-- > 0;) {
      const ShardResult shard = joined.run_shard(index, count);
      CHECK(shard.predicted == shard.samples);
      samples += shard.samples;
      errored += shard.errored;
    }
    CHECK(samples == 20);
    CHECK(errored == 1);
    CHECK_FALSE(std::filesystem::exists(joined.folder.path() / "run" / "result.json"));
    const std::size_t predicted = joined.model.batches.size();
    CHECK(joined.run().complete);
    CHECK(joined.model.batches.size() == predicted);  // nothing is computed again
    CHECK_FALSE(std::filesystem::exists(joined.folder.path() / "run" / "shards"));
    check_same(joined, whole);
  }
}

TEST_CASE("what shards lack is computed by the run that joins them") {
  Bench whole;
  whole.run();
  Bench joined;
  joined.run_shard(1, 3);
  const JournalState state = inspect_journal(joined.folder.path() / "run", joined.identity);
  CHECK(state.exists);
  CHECK(state.records == 8);
  CHECK(joined.run().complete);
  CHECK(joined.file("predictions.jsonl") == whole.file("predictions.jsonl"));
}

TEST_CASE("a stopped shard goes on where it stopped") {
  Bench bench;
  bench.progress.stop_after = 4;
  CHECK(bench.run_shard(0, 2).predicted == 4);
  bench.progress.stop_after = std::size_t(-1);
  const std::size_t before = bench.model.batches.size();
  CHECK(bench.run_shard(0, 2).predicted == 8);
  CHECK(bench.model.batches.size() == before + 1);
  CHECK(bench.run_shard(0, 2).predicted == 8);
  CHECK(bench.model.batches.size() == before + 1);
}

TEST_CASE("a shard of another study is refused, and stays") {
  Bench bench;
  bench.run_shard(0, 2);
  bench.identity = R"({"run":{"seed":2},"scoring":{}})";
  CHECK(refusal([&] { bench.run(); }).find("run.seed") != std::string::npos);
  CHECK(std::filesystem::exists(bench.folder.path() / "run" / "shards" / "1-of-2" / "journal.jsonl"));
}

TEST_CASE("a shard that is being computed is not joined") {
  Bench bench;
  bench.run_shard(0, 2);
  const FolderLock other(bench.folder.path() / "run" / "shards" / "1-of-2");
  CHECK(refusal([&] { bench.run(); }).find("1-of-2") != std::string::npos);
}

TEST_CASE("shards of an adapter that trains wait for its training") {
  Bench bench;
  bench.adapter.about.trains = true;
  CHECK(refusal([&] { bench.run_shard(0, 2); }).find("--train-only") != std::string::npos);
  Scenario scenario = bench.made({{"mean", &bench.metric}});
  train(scenario, bench.progress);
  CHECK(bench.run_shard(0, 2).predicted == 8);
  CHECK(bench.run_shard(1, 2).predicted == 12);
  Bench whole;
  whole.adapter.about.trains = true;
  whole.run();
  bench.run();
  check_same(bench, whole);
}

TEST_CASE("starting over drops shards") {
  Bench bench;
  bench.run_shard(0, 2);
  bench.mode = JournalMode::fresh;
  const std::size_t before = bench.model.batches.size();
  CHECK(bench.run().complete);
  CHECK(bench.model.batches.size() == before + 5);
}

}  // namespace medvlm::test
