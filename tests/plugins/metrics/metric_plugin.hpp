// Loads a built metric plugin and makes scored samples for it.
#pragma once

#include <dlfcn.h>

#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "medvlm/base/plugin_abi.hpp"
#include "medvlm/core/metric.hpp"

namespace medvlm::test {

using MetricPointer = std::unique_ptr<Metric, void (*)(void*) noexcept>;

/// The metric `id` with exactly these option values.
inline MetricPointer load_metric(const std::string& id, Value::Table options) {
  const std::string file = std::string(MEDVLM_PLUGIN_FOLDER) + "/medvlm-metric-" + id + ".so";
  void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(dlerror());
  const auto query = reinterpret_cast<PluginQuery>(dlsym(library, kPluginQueryName));
  if (query == nullptr) throw std::runtime_error(file + " exports no " + kPluginQueryName);
  const PluginDescriptor* const plugin = query();
  return {static_cast<Metric*>(plugin->create(Options(std::move(options)))), plugin->destroy};
}

inline MetricPointer auroc(const std::string& average = "macro_present") {
  return load_metric("auroc", {{"average", Value(average)}});
}

inline MetricPointer accuracy(double threshold = 0.5) {
  return load_metric("accuracy", {{"threshold", Value(threshold)}});
}

inline MetricPointer metric_with_threshold(const std::string& id, double threshold = 0.5) {
  return load_metric(id, {{"threshold", Value(threshold)}});
}

inline MetricPointer f1(const std::string& average = "auto", double threshold = 0.5) {
  return load_metric("f1", {{"average", Value(average)}, {"threshold", Value(threshold)}});
}

inline MetricPointer auprc(const std::string& average = "macro", const std::string& no_positives = "zero") {
  return load_metric("auprc", {{"average", Value(average)}, {"no_positives", Value(no_positives)}});
}

inline MetricPointer brier() { return load_metric("brier", {}); }

inline MetricPointer ece(int bins = 15) { return load_metric("ece", {{"bins", Value(bins)}}); }

inline MetricPointer sensitivity_specificity(const std::string& rule, double target = 0.9, double threshold = 0.5) {
  return load_metric("sensitivity_specificity",
                     {{"rule", Value(rule)}, {"target", Value(target)}, {"threshold", Value(threshold)}});
}

inline DatasetInfo diagnosis(LabelKind labels, std::vector<std::string> classes) {
  DatasetInfo info;
  info.name = "Small";
  info.labels = labels;
  for (auto& name : classes) info.classes.push_back({std::move(name), "", ""});
  return info;
}

inline DatasetInfo benign_or_malignant() { return diagnosis(LabelKind::binary, {"benign", "malignant"}); }

/// Samples with predictions, owned here.
class ScoredSet {
 public:
  /// Binary and multi-class.
  void add(std::int64_t label, std::vector<double> scores) { add_sample(label, {}, std::move(scores)); }
  /// Multi-label.
  void add_labels(std::vector<std::int8_t> labels, std::vector<double> scores) {
    add_sample(-1, std::move(labels), std::move(scores));
  }

  std::vector<Scored> scored() const {
    std::vector<Scored> list;
    for (std::size_t i = 0; i < samples_.size(); ++i) list.push_back({&samples_[i], &predictions_[i]});
    return list;
  }

  std::size_t size() const { return samples_.size(); }

 private:
  void add_sample(std::int64_t label, std::vector<std::int8_t> labels, std::vector<double> scores) {
    Sample sample;
    sample.id = std::string("s").append(std::to_string(samples_.size()));
    sample.image = "scan.png";
    sample.label = label;
    sample.labels = std::move(labels);
    samples_.push_back(std::move(sample));
    predictions_.emplace_back();
    predictions_.back().scores = std::move(scores);
  }

  std::vector<Sample> samples_;
  std::vector<Prediction> predictions_;
};

inline std::vector<double> evaluate(const PreparedMetric& metric, const std::vector<std::uint32_t>& multiplicity) {
  std::vector<double> values(metric.values().size(), std::numeric_limits<double>::infinity());
  metric.evaluate(multiplicity, values);
  return values;
}

/// All values on the full set.
inline std::vector<double> evaluate(const Metric& metric, const DatasetInfo& info, const ScoredSet& set) {
  return evaluate(*metric.prepare({info, set.scored()}), std::vector<std::uint32_t>(set.size(), 1U));
}

/// The value called `name`.
inline double value_of(const PreparedMetric& metric, const std::vector<double>& values, const std::string& name) {
  for (std::size_t v = 0; v < values.size(); ++v) {
    if (metric.values()[v].name == name) return values[v];
  }
  throw std::runtime_error("the metric has no value " + name);
}

/// A value on the full set, by name.
inline double value_of(const Metric& metric, const DatasetInfo& info, const ScoredSet& set, const std::string& name) {
  const auto prepared = metric.prepare({info, set.scored()});
  return value_of(*prepared, evaluate(*prepared, std::vector<std::uint32_t>(set.size(), 1U)), name);
}

/// What preparing the metric is refused with.
inline std::string refusal(const Metric& metric, const DatasetInfo& info, const ScoredSet& set) {
  try {
    metric.prepare({info, set.scored()});
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace medvlm::test
