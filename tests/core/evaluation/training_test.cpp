#include <nlohmann/json.hpp>

#include "fakes.hpp"
#include "checks.hpp"

using namespace medvlm;
using test::Bench;

namespace {

/// A scenario whose adapter learns.
struct TrainingBench : Bench {
  TrainingBench() { adapter.about.trains = true; }
  std::filesystem::path weights() const { return folder.path() / "run" / "adapter" / "weights"; }
  TrainingState state() const { return inspect_training(folder.path() / "run", training_identity); }
};

}  // namespace

TEST_CASE("the test split is opened after the training, and never before") {
  TrainingBench bench;
  bench.run();
  REQUIRE(bench.dataset.opened == std::vector<std::string>{"train", "test"});
  const auto result = nlohmann::json::parse(bench.file("result.json"));
  CHECK(result["training"]["epochs"] == 3);
  CHECK(result["training"]["seconds"].get<double>() >= 0);
}

TEST_CASE("a finished training is loaded, not repeated, and its record stays as it is") {
  TrainingBench bench;
  bench.run();
  const std::string record = bench.file("training.json");
  std::filesystem::remove(bench.folder.path() / "run" / "journal.jsonl");
  CHECK(bench.run().scored == 20);
  CHECK(bench.adapter.prepared == 2);
  CHECK(bench.file("training.json") == record);
  bench.run();  // nothing is left to predict
  CHECK(bench.adapter.prepared == 2);
}

TEST_CASE("a stopped training keeps the test split closed and goes on with what it left") {
  TrainingBench bench;
  bench.adapter.interrupted = true;
  CHECK(test::refusal([&] { bench.run(); }).find("stopped while training") != std::string::npos);
  CHECK(bench.dataset.opened == std::vector<std::string>{"train"});
  CHECK(bench.state().stage == TrainingState::Stage::begun);
  write_file_atomically(bench.weights(), "half learnt");
  bench.adapter.interrupted = false;
  CHECK(bench.run().scored == 20);
  CHECK(bench.state().stage == TrainingState::Stage::finished);
}

TEST_CASE("what an unrecorded training left is dropped") {
  TrainingBench bench;
  make_folder(bench.weights().parent_path());
  write_file_atomically(bench.weights().parent_path() / "stranger", "of another study");
  bench.run();
  CHECK_FALSE(std::filesystem::exists(bench.weights().parent_path() / "stranger"));
}

TEST_CASE("an adapter trained for something else is refused with the differences; fresh starts over") {
  TrainingBench bench;
  bench.run();
  bench.training_identity = R"({"run":{"seed":7}})";
  const std::string refusal = test::refusal([&] { bench.run(); });
  CHECK(refusal.find("run.seed: was not set, is 7") != std::string::npos);
  CHECK(refusal.find("--fresh") != std::string::npos);
  CHECK(read_file(bench.weights()) == "learnt");
  bench.mode = JournalMode::fresh;
  CHECK(bench.run().scored == 20);
  CHECK(bench.state().differences.empty());
}

TEST_CASE("a metric that learns gets predictions on the train split, which are journalled apart") {
  Bench bench;
  bench.metric.learns = true;
  bench.progress.stop_after = 24;  // the whole test split and one batch of the train split
  CHECK_FALSE(bench.run().complete);
  bench.progress = {};
  CHECK(bench.run().complete);
  CHECK(bench.metric.learnt_from == 20);
  CHECK(bench.model.batches == std::vector<std::size_t>(10, 4));
  CHECK(bench.file("train/journal.jsonl").find("s19") != std::string::npos);
  CHECK(nlohmann::json::parse(bench.file("result.json"))["samples"]["total"] == 20);
}
