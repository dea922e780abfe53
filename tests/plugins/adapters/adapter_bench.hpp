// A scenario of a built adapter on the demo's tiny CLIP and painted images whose colours tell the class.
#pragma once

#include <fstream>
#include <set>

#include <ATen/ATen.h>
#include <nlohmann/json.hpp>

#include "built_plugins.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/random.hpp"
#include "medvlm/core/scenario.hpp"
#include "temporary_folder.hpp"

namespace medvlm::test {

/// What the action was refused with.
template <typename Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return std::string(error_code_name(error.code())) + ": " + error.what();
  }
  return "no error";
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

/// Noise of 32 x 32 pixels in which the channel of each true class is brighter.
struct PaintedDataset final : Dataset {
  DatasetInfo about;
  std::map<Split, std::vector<Sample>> content;
  std::set<std::string> unreadable;
  bool train_closed = false;  ///< reading the train split is an error
  double contrast = 60;

  explicit PaintedDataset(LabelKind kind, std::int64_t train = 48, std::int64_t test = 40) {
    about.name = "painted";
    about.labels = kind;
    about.cluster_group = "patient";
    const std::vector<std::string> colours{"red", "green", "blue"};
    for (std::size_t c = 0; c < (kind == LabelKind::binary ? 2 : 3); ++c) {
      about.classes.push_back({colours[c], colours[c] + " tissue", "no " + colours[c] + " tissue"});
    }
    fill(Split::train, train);
    fill(Split::test, test);
  }

  void fill(Split split, std::int64_t count) {
    std::vector<Sample>& samples = content[split];
    samples.clear();
    const auto classes = static_cast<std::int64_t>(about.classes.size());
    for (std::int64_t i = 0; i < count; ++i) {
      Sample sample;
      sample.id = std::string(to_string(split)) + "-" + std::to_string(i);
      sample.image = sample.id;
      sample.row = i;
      sample.groups = {{"patient", std::to_string(i / 2)}};
      if (about.labels != LabelKind::multilabel) sample.label = i % classes;
      else sample.labels = {std::int8_t(i % 2), std::int8_t(i / 2 % 2), std::int8_t(i % 5 == 0 ? -1 : i / 4 % 2)};
      sample.image.append("|").append(colours_of(sample));
      samples.push_back(sample);
    }
  }

  const DatasetInfo& info() const override { return about; }
  std::vector<Split> splits() const override {
    std::vector<Split> splits;
    for (const auto& [split, unused] : content) splits.push_back(split);
    return splits;
  }
  std::vector<Sample> samples(Split split) override {
    if (train_closed && split != Split::test) throw Error(ErrorCode::data, "the train split was read again");
    return content.at(split);
  }
  EncodedImage read_image(const Sample& sample) const override {
    if (unreadable.contains(sample.id)) throw Error(ErrorCode::data, "cannot read " + sample.id);
    return {"painted", sample.image, sample.id};
  }
  Image decode_image(const EncodedImage& encoded) const override {
    const std::size_t bar = encoded.bytes.find('|');
    Splitmix64 random(derive_seed(5, encoded.bytes.substr(0, bar)));
    Image image{32, 32, {}};
    for (int i = 0; i < 32 * 32 * 3; ++i) {
      const std::size_t channel = std::size_t(i % 3) + bar + 1;
      const bool bright = channel < encoded.bytes.size() && encoded.bytes[channel] == '1';
      image.pixels.push_back(std::uint8_t(random.below(140) + (bright ? contrast : 0)));
    }
    return image;
  }

 private:
  /// One digit per class; stays in the picture's name when a test changes the label.
  std::string colours_of(const Sample& sample) const {
    std::string digits;
    for (std::size_t c = 0; c < about.classes.size(); ++c) {
      const bool there = about.labels == LabelKind::multilabel ? sample.labels[c] == 1 : sample.label == std::int64_t(c);
      digits += there ? '1' : '0';
    }
    return digits;
  }
};

/// Stops, or fails as a kill would, after so many training images.
struct CountingProgress final : Progress {
  std::size_t stop_after = std::size_t(-1), die_after = std::size_t(-1);
  std::size_t seen = 0;
  bool training = false;
  void begin(const std::string& stage, std::size_t, std::size_t) override { training = stage.starts_with("training"); }
  void advance(std::size_t items, std::size_t) override {
    if (training) seen += items;
    if (seen >= die_after) throw std::runtime_error("killed");
  }
  void end() override {}
  bool stop_requested() const override { return training && seen >= stop_after; }
};

/// One adapter on one dataset, in a folder of its own.
struct AdapterBench {
  std::string plugin;
  Value::Table options;
  PaintedDataset dataset;
  CountingProgress progress;
  std::uint64_t seed = 1;
  TemporaryFolder folder;
  registry::Handle<Model> model = make_plugin<Model>("model", "clip", {{"checkpoint", MEDVLM_TINY_CHECKPOINT}});

  AdapterBench(std::string adapter, LabelKind kind, Value::Table given = {})
      : plugin(std::move(adapter)), options(std::move(given)), dataset(kind) {
    model->load(c10::kCPU, c10::kFloat);
  }

  std::filesystem::path run_folder() const { return folder.path() / "run"; }
  std::filesystem::path trained(const std::string& name) const { return run_folder() / "adapter" / name; }
  std::string bytes(const std::string& name) const { return read_file(trained(name)); }
  nlohmann::json report() const { return nlohmann::json::parse(read_file(run_folder() / "result.json")).at("training"); }

  ScenarioResult run() {
    const auto adapter = make_plugin<Adapter>("adapter", plugin, options);
    Scenario scenario;
    scenario.name = "bench";
    scenario.folder = run_folder();
    scenario.model = model.get();
    scenario.dataset = &dataset;
    scenario.open_test = [this] { return TestSplit{dataset.samples(Split::test), R"({"run":{},"scoring":{}})", "{}"}; };
    scenario.adapter = adapter.get();
    scenario.training_identity = R"({"run":{}})";
    scenario.seed = seed;
    scenario.batch_size = 8;
    scenario.loader_threads = 1;
    scenario.bootstrap.rounds = 1;
    return evaluate(scenario, progress);
  }

  /// Drops the predictions, keeps the training.
  void forget_predictions() {
    for (const char* name : {"journal.jsonl", "predictions.jsonl", "result.json"})
      std::filesystem::remove(run_folder() / name);
  }

  /// Scores of the test split, [n, classes].
  at::Tensor scores() const {
    std::ifstream stream(run_folder() / "predictions.jsonl");
    std::vector<at::Tensor> rows;
    for (std::string line; std::getline(stream, line);) {
      rows.push_back(at::tensor(nlohmann::json::parse(line).at("scores").get<std::vector<double>>(), at::kDouble));
    }
    return at::stack(rows);
  }

  /// The area under the ROC curve of one class.
  double auroc(std::size_t c) {
    const at::Tensor all = scores();
    const std::vector<Sample> samples = dataset.content.at(Split::test);
    double pairs = 0, won = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      for (std::size_t j = 0; j < samples.size(); ++j) {
        if (truth(samples[i], c) != 1 || truth(samples[j], c) != 0) continue;
        const double difference =
            (all[std::int64_t(i)][std::int64_t(c)] - all[std::int64_t(j)][std::int64_t(c)]).item<double>();
        pairs += 1;
        won += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
      }
    }
    return won / pairs;
  }
  double worst_auroc() {
    double worst = 1;
    for (std::size_t c = 0; c < dataset.about.classes.size(); ++c) worst = std::min(worst, auroc(c));
    return worst;
  }

 private:
  int truth(const Sample& sample, std::size_t c) const {
    return dataset.about.labels == LabelKind::multilabel ? sample.labels[c] : int(sample.label == std::int64_t(c));
  }
};

}  // namespace medvlm::test
