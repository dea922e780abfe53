// A model, dataset, adapter and metric that do just what a test tells them to.
#pragma once

#include <ATen/ATen.h>

#include <atomic>
#include <new>
#include <set>

#include "medvlm/base/files.hpp"
#include "medvlm/core/scenario.hpp"
#include "temporary_folder.hpp"

namespace medvlm::test {

/// What the action was refused with.
template <typename Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

/// Images of one pixel whose red value is the sample's number.
struct FakeDataset final : Dataset {
  DatasetInfo about{"fake", Task::diagnosis, LabelKind::binary, {{"no", "no", ""}, {"yes", "yes", ""}}, "none", "{}", ""};
  std::int64_t count = 20;
  std::set<std::int64_t> unreadable, undecodable;
  std::function<decltype(Sample::groups)(std::int64_t)> groups;  ///< of the sample with this number
  mutable std::atomic<int> decoded{0};

  const DatasetInfo& info() const override { return about; }
  std::vector<Split> available{Split::train, Split::test};
  std::vector<Split> splits() const override { return available; }
  std::vector<std::string> opened;  ///< names of splits, in the order of the calls

  std::vector<Sample> samples(Split split) override {
    opened.emplace_back(to_string(split));
    std::vector<Sample> list;
    for (std::int64_t i = 0; i < count; ++i) {
      Sample sample;
      sample.id = std::to_string(i).insert(0, 1, 's');
      sample.image = std::to_string(i);
      sample.row = i;
      sample.label = i % 2;
      if (groups) sample.groups = groups(i);
      list.push_back(sample);
    }
    return list;
  }
  EncodedImage read_image(const Sample& sample) const override {
    if (unreadable.contains(sample.row)) throw Error(ErrorCode::data, "cannot read " + sample.image);
    return {"fake", sample.image, sample.image};
  }
  Image decode_image(const EncodedImage& encoded) const override {
    ++decoded;
    const int number = std::stoi(encoded.bytes);
    if (undecodable.contains(number)) throw 42;  // plugins may throw anything
    return {1, 1, {static_cast<std::uint8_t>(number), 0, 0}};
  }
};

/// Embeds an image as (number, 1); texts as (1, 0) and (0, 1).
struct FakeModel final : Model, ImageTextEncoder {
  ModelInfo about{"Fake", 1, {}, {at::kFloat}};
  std::size_t memory = 1000;               ///< the largest batch that fits
  std::set<int> failing, not_finite, too_large;
  std::vector<std::size_t> batches;        ///< sizes that were encoded

  const ModelInfo& info() const override { return about; }
  void load(c10::Device, c10::ScalarType) override {}
  ImageTextEncoder* encoder() override { return this; }
  ProcessedImage preprocess(const Image& image) const override { return {at::full({1}, double(image.pixels[0])), {}}; }
  std::string preprocessing_identity() const override { return "fake"; }
  ImageEmbeddings encode_images(std::span<const ProcessedImage> images) override {
    if (images.size() > memory) throw std::bad_alloc();
    std::vector<at::Tensor> rows;
    for (const ProcessedImage& image : images) {
      const int number = static_cast<int>(image.pixels.item<float>());
      if (too_large.contains(number)) throw Error(ErrorCode::out_of_memory, "this image does not fit");
      if (failing.contains(number)) throw std::runtime_error("image " + std::to_string(number) + " is evil");
      rows.push_back(at::tensor({not_finite.contains(number) ? NAN : float(number), 1.0F}));
    }
    batches.push_back(images.size());
    return {at::stack(rows), {}};
  }
  at::Tensor encode_texts(std::span<const std::string> texts) override {
    return at::eye(2).narrow(0, 0, std::int64_t(texts.size()));
  }
  at::Tensor similarity(const at::Tensor& images, const at::Tensor& texts) override { return images.mm(texts.t()); }
  LogitRule logit_rule() const override { return LogitRule::softmax; }
};

/// Scores an image by its number.
struct FakeAdapter final : Adapter {
  AdapterTraits about;
  std::set<std::int64_t> failing;
  bool asks_for_test = false;
  bool interrupted = false;  ///< the user stops the training
  int prepared = 0;

  AdapterTraits traits(const DatasetInfo&) const override { return about; }
  void prepare(AdapterContext& context) override {
    ++prepared;
    if (asks_for_test) context.samples(Split::test);
    if (!about.trains) return;
    context.samples(Split::train);
    if (interrupted) throw Error(ErrorCode::interrupted, "stopped while training");
    write_file_atomically(context.folder() / "weights", "learnt");
  }
  std::string training_report() const override { return R"({"epochs":3})"; }
  std::vector<Prediction> predict(const AdapterBatch& batch) override {
    std::vector<Prediction> predictions;
    for (std::size_t i = 0; i < batch.samples.size(); ++i) {
      if (failing.contains(batch.samples[i]->row)) throw std::runtime_error("cannot predict");
      Prediction prediction;
      const at::Tensor value = about.input == AdapterInput::embeddings ? batch.embeddings.joint[std::int64_t(i)][0]
                                                                       : batch.images[i].pixels[0];
      prediction.scores = {-value.item<double>(), value.item<double>()};
      predictions.push_back(prediction);
    }
    return predictions;
  }
};

/// The mean of the positive scores.
struct MeanScore final : Metric {
  bool broken = false;
  bool learns = false;                   ///< wants predictions on the train split
  mutable std::size_t learnt_from = 0;   ///< how many it got
  struct Prepared final : PreparedMetric {
    std::vector<MetricValue> names{{"mean", true}};
    std::vector<double> scores;
    const std::vector<MetricValue>& values() const override { return names; }
    void evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const override {
      double sum = 0, count = 0;
      for (std::size_t i = 0; i < scores.size(); ++i) sum += multiplicity[i] * scores[i], count += multiplicity[i];
      out[0] = count > 0 ? sum / count : NAN;
    }
    std::string undefined_reason(std::size_t) const override { return "empty"; }
    std::vector<double> sample_values() const override { return scores; }
  };
  void check(const DatasetInfo&) const override {}
  bool needs_train_predictions() const override { return learns; }
  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    learnt_from = input.train.size();
    if (broken) throw Error(ErrorCode::data, "this metric is broken");
    auto prepared = std::make_unique<Prepared>();
    for (const Scored& item : input.scored) prepared->scores.push_back(item.prediction->scores[1]);
    return prepared;
  }
};

struct QuietProgress final : Progress {
  std::size_t stop_after = std::size_t(-1);  ///< samples
  std::size_t seen = 0;
  void begin(const std::string&, std::size_t, std::size_t) override {}
  void advance(std::size_t items, std::size_t) override { seen += items; }
  void end() override {}
  bool stop_requested() const override { return seen >= stop_after; }
};

/// A scenario of the fakes in a folder of its own.
struct Bench {
  TemporaryFolder folder;
  FakeDataset dataset;
  FakeModel model;
  FakeAdapter adapter;
  MeanScore metric;
  QuietProgress progress;
  std::unique_ptr<EmbeddingCache> cache;
  JournalMode mode = JournalMode::resume;
  SubgroupOptions subgroups;
  std::string identity = R"({"run":{},"scoring":{}})";
  std::string training_identity = R"({"run":{}})";
  std::string manifest = "{}";

  ScenarioResult run() { return run_with({{"mean", &metric}}); }

  ScenarioResult run_with(std::vector<NamedMetric> metrics) {
    Scenario scenario = made(std::move(metrics));
    return evaluate(scenario, progress);
  }

  ShardResult run_shard(std::size_t index, std::size_t count) {
    Scenario scenario = made({{"mean", &metric}});
    return predict_shard(scenario, {index, count}, progress);
  }

  Scenario made(std::vector<NamedMetric> metrics) {
    Scenario scenario;
    scenario.name = "fake";
    scenario.folder = folder.path() / "run";
    scenario.model = &model;
    scenario.dataset = &dataset;
    scenario.open_test = [this] { return TestSplit{dataset.samples(Split::test), identity, manifest, "hash"}; };
    scenario.adapter = &adapter;
    scenario.metrics = std::move(metrics);
    scenario.training_identity = training_identity;
    scenario.batch_size = 4;
    scenario.cache = cache.get();
    scenario.mode = mode;
    scenario.bootstrap.rounds = 50;
    scenario.subgroups = subgroups;
    return scenario;
  }
  std::string file(const char* name) const { return read_file(folder.path() / "run" / name); }
};

}  // namespace medvlm::test
