// The conformance suites find what is wrong: objects with one defect each.
#include <doctest/doctest.h>

#include "medvlm/conformance/adapter.hpp"
#include "medvlm/conformance/dataset.hpp"
#include "medvlm/conformance/metric.hpp"
#include "medvlm/conformance/model.hpp"

using namespace medvlm;
using conformance::failures;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A right dataset of four grey images; tests change one thing.
class Grey : public Dataset {
 public:
  Grey() {
    info_.name = "grey";
    info_.classes = {{"dark", "dark", ""}, {"light", "light", ""}};
    for (int i = 0; i < 4; ++i) {
      Sample sample;
      sample.id = "s" + std::to_string(i);
      sample.label = i % 2;
      list.push_back(sample);
    }
  }
  const DatasetInfo& info() const override { return info_; }
  std::vector<Split> splits() const override { return {Split::test}; }
  std::vector<Sample> samples(Split) override { return list; }
  EncodedImage read_image(const Sample& sample) const override { return {"grey", sample.id, sample.id}; }
  Image decode_image(const EncodedImage& encoded) const override {
    if (refuses_nothing) return {1, 1, {0, 0, 0}};
    if (encoded.bytes.size() != 2) throw Error(ErrorCode::data, "damaged");
    return {2, 2, std::vector<std::uint8_t>(bytes, 7)};
  }

  DatasetInfo info_;
  std::vector<Sample> list;
  std::size_t bytes = 12;
  bool refuses_nothing = false;
};

std::string dataset_failures(Grey& dataset) { return failures(conformance::check_dataset(dataset)); }

/// The share of right answers among all samples that were drawn.
class Share : public Metric, public PreparedMetric {
 public:
  void check(const DatasetInfo& dataset) const override {
    if (dataset.labels != LabelKind::binary || dataset.task == Task::vqa) throw Error(refusal, "binary only");
  }
  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    if (learns && input.train.empty()) throw Error(ErrorCode::data, "nothing to learn from");
    auto prepared = std::make_unique<Share>(*this);
    for (const Scored& item : input.scored) prepared->right_.push_back(item.sample->label == 1);
    return prepared;
  }
  bool needs_train_predictions() const override { return learns; }
  const std::vector<MetricValue>& values() const override { return values_; }
  void evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const override {
    double right = 0, drawn = 0;
    for (std::size_t i = 0; i < multiplicity.size(); ++i) {
      const double weight = multiplicity[i] * (weighs_by_place ? double(i + 1) : 1.0);
      drawn += weight;
      right += right_[i] ? weight : 0;
    }
    for (double& value : out) value = drawn > 0 ? right / drawn : std::numeric_limits<double>::infinity() * infinite;
    if (infinite == 0 && drawn == 0) out[0] = std::numeric_limits<double>::quiet_NaN();
  }
  std::string undefined_reason(std::size_t) const override { return "nothing drawn"; }

  ErrorCode refusal = ErrorCode::config;
  bool weighs_by_place = false;
  bool learns = false;
  double infinite = 0;
  std::vector<MetricValue> values_{{"share", true}};
  std::vector<bool> right_;
};

std::string metric_failures(Share metric) { return failures(conformance::check_metric(metric)); }

}  // namespace

TEST_CASE("a right dataset conforms") {
  Grey dataset;
  CHECK(dataset_failures(dataset) == "");
}

TEST_CASE("a repeated id is found") {
  Grey dataset;
  dataset.list[3].id = "s0";
  CHECK(has(dataset_failures(dataset), "the id 's0' occurs twice"));
}

TEST_CASE("a label out of range is found") {
  Grey dataset;
  dataset.list[2].label = 2;
  CHECK(has(dataset_failures(dataset), "sample 's2' has the label 2 of 2 classes"));
}

TEST_CASE("labels of the wrong kind are found") {
  Grey dataset;
  dataset.info_.labels = LabelKind::multilabel;
  CHECK(has(dataset_failures(dataset), "has 0 labels, expected 2"));
}

TEST_CASE("a VQA sample without a question is found") {
  Grey dataset;
  dataset.info_.task = Task::vqa;
  dataset.info_.classes.clear();
  CHECK(has(dataset_failures(dataset), "has no question"));
}

TEST_CASE("an image whose pixels do not fit its size is found") {
  Grey dataset;
  dataset.bytes = 11;
  CHECK(has(dataset_failures(dataset), "of 2 x 2 holds 11 bytes"));
}

TEST_CASE("a decoder that accepts nothing at all is found") {
  Grey dataset;
  dataset.refuses_nothing = true;
  CHECK(has(dataset_failures(dataset), "no bytes at all were decoded"));
}

TEST_CASE("a cluster group that samples lack is found") {
  Grey dataset;
  dataset.info_.cluster_group = "patient";
  CHECK(has(dataset_failures(dataset), "has no group 'patient'"));
}

TEST_CASE("an empty split is found") {
  Grey dataset;
  dataset.list.clear();
  CHECK(has(dataset_failures(dataset), "the split test is empty"));
}

TEST_CASE("a right metric conforms") { CHECK(metric_failures(Share()) == ""); }

TEST_CASE("a metric that depends on the order of samples is found") {
  Share metric;
  metric.weighs_by_place = true;
  const std::string text = metric_failures(metric);
  CHECK(has(text, "the order of samples does not matter"));
  CHECK(has(text, "a multiplicity is a repetition"));
}

TEST_CASE("a metric that learns gets predictions to learn from, and must survive none") {
  Share metric;
  metric.learns = true;
  const std::string text = metric_failures(metric);
  CHECK(has(text, "an empty train split is survived"));
  CHECK(!has(text, "a multiplicity is a repetition"));
}

TEST_CASE("an infinite value for an empty draw is found") {
  Share metric;
  metric.infinite = 1;
  CHECK(has(metric_failures(metric), "infinite when nothing is drawn"));
}

TEST_CASE("a metric that refuses with another code is found") {
  Share metric;
  metric.refusal = ErrorCode::internal;
  CHECK(has(metric_failures(metric), "with code internal, expected config"));
}

TEST_CASE("two values of one name are found") {
  Share metric;
  metric.values_ = {{"share", true}, {"share", true}};
  CHECK(has(metric_failures(metric), "two values are called 'share'"));
}

TEST_CASE("a model whose info is not sane is found before its weights are loaded") {
  class Empty : public Model {
   public:
    const ModelInfo& info() const override { return info_; }
    void load(c10::Device, c10::ScalarType) override { loaded = true; }
    ModelInfo info_{"Toy", 0, {}, {c10::kFloat}};
    bool loaded = false;
  };
  Empty model;
  CHECK(has(failures(conformance::check_model(model, {})), "the number of parameters is 0"));
  CHECK(!model.loaded);
  model.info_ = {"Toy", 1, {"/nonexistent/weights"}, {c10::kFloat}};
  CHECK(has(failures(conformance::check_model(model, {})), "'/nonexistent/weights' does not exist"));
  model.info_ = {"Toy", 1, {}, {c10::kFloat}};
  CHECK(has(failures(conformance::check_model(model, {})), "neither an encoder nor an answerer"));
}

TEST_CASE("an adapter that throws another code than config is found") {
  class Refuser : public Adapter {
   public:
    AdapterTraits traits(const DatasetInfo&) const override { throw Error(ErrorCode::data, "no"); }
    void prepare(AdapterContext&) override {}
    std::vector<Prediction> predict(const AdapterBatch&) override { return {}; }
  };
  Refuser adapter;
  CHECK(has(failures(conformance::check_adapter(adapter)), "of code data, expected config"));
}

TEST_CASE("a foreign exception is a failed law, not the end of the suite") {
  class Thrower : public Adapter {
   public:
    AdapterTraits traits(const DatasetInfo&) const override { throw 42; }
    void prepare(AdapterContext&) override {}
    std::vector<Prediction> predict(const AdapterBatch&) override { return {}; }
  };
  Thrower adapter;
  CHECK(has(failures(conformance::check_adapter(adapter)), "not a medvlm::Error"));
}

TEST_CASE("no findings at all are no conformance") { CHECK(!conformance::conforms({})); }
