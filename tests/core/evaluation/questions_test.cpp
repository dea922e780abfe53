// Adapters that get images: one picture is loaded once for all its questions, batches shrink when they fail.
#include <nlohmann/json.hpp>

#include "fakes.hpp"
#include "checks.hpp"

using namespace medvlm;
using test::Bench;

namespace {

/// Three questions on each image, which do not follow each other.
struct QuestionDataset final : Dataset {
  test::FakeDataset images;
  std::int64_t questions = 24;

  const DatasetInfo& info() const override { return images.info(); }
  std::vector<Split> splits() const override { return images.splits(); }
  std::vector<Sample> samples(Split) override {
    std::vector<Sample> list;
    for (std::int64_t i = 0; i < questions; ++i) {
      Sample sample;
      sample.id = std::to_string(i).insert(0, 1, 'q');
      sample.image = std::to_string(i % 8);
      sample.row = i;
      sample.question = "question " + std::to_string(i);
      list.push_back(sample);
    }
    return list;
  }
  EncodedImage read_image(const Sample& sample) const override { return images.read_image(sample); }
  Image decode_image(const EncodedImage& encoded) const override { return images.decode_image(encoded); }
};

/// Answers with the number of the image; remembers what it was given together.
struct QuestionAdapter final : Adapter {
  std::vector<std::vector<std::int64_t>> batches;
  std::set<std::int64_t> failing;
  std::size_t memory = 1000;

  AdapterTraits traits(const DatasetInfo&) const override { return {AdapterInput::questions, false}; }
  void prepare(AdapterContext&) override {}
  std::vector<Prediction> predict(const AdapterBatch& batch) override {
    if (batch.samples.size() > memory) throw std::bad_alloc();
    std::vector<Prediction> predictions;
    std::vector<std::int64_t> rows;
    for (std::size_t i = 0; i < batch.samples.size(); ++i) {
      if (failing.contains(batch.samples[i]->row)) throw std::runtime_error("cannot answer");
      rows.push_back(batch.samples[i]->row);
      const bool shared = i > 0 && batch.samples[i]->image == batch.samples[i - 1]->image;
      if (shared) CHECK(batch.images[i].pixels.is_same(batch.images[i - 1].pixels));
      Prediction prediction;
      prediction.scores = {0, batch.images[i].pixels.item<double>()};
      predictions.push_back(prediction);
    }
    batches.push_back(rows);
    return predictions;
  }
};

struct QuestionBench : Bench {
  QuestionDataset questions;
  QuestionAdapter asker;

  ScenarioResult ask(std::size_t batch_size) {
    Scenario scenario;
    scenario.name = "questions";
    scenario.folder = folder.path() / "run";
    scenario.model = &model;
    scenario.dataset = &questions;
    scenario.open_test = [this] { return TestSplit{questions.samples(Split::test), identity, "{}"}; };
    scenario.adapter = &asker;
    scenario.metrics = {{"mean", &metric}};
    scenario.batch_size = batch_size;
    scenario.bootstrap.rounds = 20;
    return evaluate(scenario, progress);
  }
};

}  // namespace

TEST_CASE("questions on an image are asked together, and the image is loaded once") {
  QuestionBench bench;
  CHECK(bench.ask(7).scored == 24);
  CHECK(bench.questions.images.decoded == 8);
  for (const auto& batch : bench.asker.batches) {
    CHECK(batch.size() <= 7);
    CHECK(batch.size() % 3 == 0);
    for (std::size_t i = 0; i < batch.size(); ++i) CHECK(batch[i] % 8 == batch[i - i % 3] % 8);
  }
}

TEST_CASE("predictions are in the dataset's order whatever the order of asking") {
  QuestionBench bench;
  bench.ask(7);
  std::istringstream lines(bench.file("predictions.jsonl"));
  std::int64_t index = 0;
  for (std::string line; std::getline(lines, line); ++index) {
    const auto json = nlohmann::json::parse(line);
    CHECK(json["index"].get<std::int64_t>() == index);
    CHECK(json["scores"][1].get<double>() == double(index % 8));
  }
  CHECK(index == 24);
}

TEST_CASE("an image with more questions than a batch holds is cut, and every question is asked") {
  QuestionBench bench;
  CHECK(bench.ask(2).scored == 24);
  for (const auto& batch : bench.asker.batches) CHECK(batch.size() <= 2);
}

TEST_CASE("one question that fails costs no other its answer, and few are asked twice") {
  QuestionBench bench;
  bench.asker.failing = {13};
  const ScenarioResult result = bench.ask(8);
  CHECK(result.errored == 1);
  CHECK(result.scored == 23);
  std::map<std::int64_t, int> asked;
  for (const auto& batch : bench.asker.batches) {
    for (const std::int64_t row : batch) CHECK(++asked[row] == 1);
  }
}

TEST_CASE("a batch that does not fit into memory is asked for in halves") {
  QuestionBench bench;
  bench.asker.memory = 2;
  CHECK(bench.ask(8).scored == 24);
  for (const auto& batch : bench.asker.batches) CHECK(batch.size() <= 2);
}

TEST_CASE("a stopped run of questions goes on where it was, and its files are those of an uninterrupted one") {
  QuestionBench whole;
  whole.ask(6);
  QuestionBench bench;
  bench.progress.stop_after = 9;
  CHECK_FALSE(bench.ask(6).complete);
  bench.progress.stop_after = std::size_t(-1);
  CHECK(bench.ask(6).complete);
  CHECK(bench.file("predictions.jsonl") == whole.file("predictions.jsonl"));
}

TEST_CASE("what a metric tells of its work is in the result") {
  struct Judge final : Metric {
    void check(const DatasetInfo&) const override {}
    std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
      struct Prepared final : PreparedMetric {
        std::vector<MetricValue> names{{"judged", true}};
        std::string folder;
        const std::vector<MetricValue>& values() const override { return names; }
        void evaluate(std::span<const std::uint32_t>, std::span<double> out) const override { out[0] = 1; }
        std::string undefined_reason(std::size_t) const override { return ""; }
        std::string report() const override { return R"({"calls": 3, "folder": ")" + folder + "\"}"; }
      };
      auto prepared = std::make_unique<Prepared>();
      prepared->folder = input.folder.filename().string();
      return prepared;
    }
  };
  Bench bench;
  const Judge judge;
  bench.run_with({{"mean", &bench.metric}, {"judge", &judge}});
  const auto result = nlohmann::json::parse(bench.file("result.json"));
  CHECK(result["metric_reports"] == nlohmann::json::parse(R"({"judge": {"calls": 3, "folder": "judge"}})"));
}
