// A training that is stopped or killed goes on to the bits of an uninterrupted one; early stopping keeps the best weights.
#include "adapter_bench.hpp"
#include "checks.hpp"

using namespace medvlm;
using test::AdapterBench;

namespace {

/// Dropout, momentum, schedule and shuffling all play a part; images fail in the middle of batches.
struct LongTraining : AdapterBench {
  LongTraining()
      : AdapterBench("lora", LabelKind::binary,
                     {{"epochs", 3}, {"lr", 0.01}, {"rank", 4}, {"dropout", 0.2}, {"schedule", "cosine"}, {"warmup", 0.2},
                      {"weight_decay", 0.01}, {"save_steps", 2}, {"patience", 5}, {"batch_size", 6}}) {
    dataset.unreadable = {"train-9", "train-30"};
  }
};

const char* const kTrained[] = {"adapter_model.safetensors", "adapter_config.json", "head.safetensors", "report.json",
                                "log.jsonl"};

const AdapterBench& uninterrupted() {
  static const AdapterBench* const bench = [] {
    auto* made = new LongTraining();
    made->run();
    return made;
  }();
  return *bench;
}

void check_same(const AdapterBench& bench) {
  for (const char* name : kTrained) CHECK_MESSAGE(bench.bytes(name) == uninterrupted().bytes(name), name);
  CHECK(at::equal(bench.scores(), uninterrupted().scores()));
}

}  // namespace

TEST_CASE("two trainings give the same bits; another seed gives others") {
  LongTraining again;
  again.run();
  check_same(again);
  LongTraining other;
  other.seed = 2;
  other.run();
  CHECK(other.bytes("adapter_model.safetensors") != uninterrupted().bytes("adapter_model.safetensors"));
}

TEST_CASE("a stopped training goes on where it was, within an epoch or at its end") {
  for (const std::size_t images : {1, 20, 43, 70}) {
    CAPTURE(images);
    LongTraining bench;
    bench.progress.stop_after = images;
    CHECK(test::contains(test::refusal([&] { bench.run(); }), "interrupted: stopped while training"));
    CHECK(std::filesystem::exists(bench.trained("state.safetensors")));
    CHECK_FALSE(std::filesystem::exists(bench.trained("report.json")));
    bench.progress = {};
    bench.run();
    CHECK(bench.progress.seen < 3 * 43);
    check_same(bench);
  }
}

TEST_CASE("a killed training goes on from what was saved last") {
  for (const std::size_t images : {10, 30, 60}) {
    CAPTURE(images);
    LongTraining bench;
    bench.progress.die_after = images;
    CHECK_THROWS(bench.run());
    bench.progress = {};
    bench.run();
    check_same(bench);
  }
}

TEST_CASE("a damaged state is named with its cure") {
  LongTraining bench;
  bench.progress.stop_after = 20;
  CHECK_THROWS(bench.run());
  bench.progress = {};
  const std::string state = bench.bytes("state.safetensors");
  write_file_atomically(bench.trained("state.safetensors"), state.substr(0, state.size() / 2));
  CHECK(test::contains(test::refusal([&] { bench.run(); }), "state.safetensors"));
}

TEST_CASE("a finished training is loaded without reading the train split") {
  LongTraining bench;
  bench.run();
  bench.forget_predictions();
  bench.dataset.train_closed = true;
  bench.run();
  check_same(bench);
}

TEST_CASE("early stopping ends when held-out samples no longer gain, and keeps the weights of the best epoch") {
  AdapterBench still("lora", LabelKind::binary, {{"epochs", 10}, {"lr", 0.0}, {"patience", 2}});
  still.run();
  CHECK(still.report()["epochs"] == 3);
  CHECK(still.report()["best_epoch"] == 1);
  CHECK(still.report()["samples"].get<int>() + still.report()["validation_samples"].get<int>() == 48);
  // A rate at which the training first learns and then falls apart.
  AdapterBench wild("lora", LabelKind::binary, {{"epochs", 6}, {"lr", 0.1}, {"patience", 6}, {"schedule", "constant"}});
  wild.dataset.fill(Split::validation, 24);
  wild.run();
  CHECK(wild.report()["validation_samples"] == 24);
  const auto losses = wild.report()["validation_losses"].get<std::vector<double>>();
  CHECK(losses[wild.report()["best_epoch"].get<std::size_t>() - 1] == *std::min_element(losses.begin(), losses.end()));
}

TEST_CASE("the weights kept are those of the best epoch") {
  const Value::Table options{{"lr", 0.02}, {"dropout", 0.0}, {"schedule", "constant"}, {"patience", 50}};
  auto one = options;
  one.emplace("epochs", 1);
  AdapterBench first("lora", LabelKind::binary, one);
  auto many = options;
  many.emplace("epochs", 4);
  AdapterBench longer("lora", LabelKind::binary, many);
  for (auto* bench : {&first, &longer}) {
    bench->dataset.fill(Split::validation, 12);
    // Wrong labels: whatever is learnt makes them worse.
    for (Sample& sample : bench->dataset.content[Split::validation]) sample.label = 1 - sample.label;
    bench->run();
  }
  REQUIRE(longer.report()["best_epoch"] == 1);
  CHECK(longer.bytes("adapter_model.safetensors") == first.bytes("adapter_model.safetensors"));
  CHECK(longer.bytes("head.safetensors") == first.bytes("head.safetensors"));
}
