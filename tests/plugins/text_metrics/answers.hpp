// Scored answers, and the text metrics with the options that their manifests default to.
#pragma once

#include <string>
#include <vector>

#include "metric_plugin.hpp"

namespace medvlm::test {

/// Questions with reference and answer, owned here.
class AnswerSet {
 public:
  void add(bool open, const std::string& reference, const std::string& answer) {
    Sample sample;
    sample.id = "q" + std::to_string(samples_.size());
    sample.question = "What is seen?";
    sample.answer = reference;
    sample.open = open;
    samples_.push_back(sample);
    predictions_.emplace_back();
    predictions_.back().text = answer;
  }

  std::vector<Scored> scored() const {
    std::vector<Scored> list;
    for (std::size_t i = 0; i < samples_.size(); ++i) list.push_back({&samples_[i], &predictions_[i]});
    return list;
  }

  std::size_t size() const { return samples_.size(); }

 private:
  std::vector<Sample> samples_;
  std::vector<Prediction> predictions_;
};

inline DatasetInfo questions() {
  DatasetInfo info;
  info.name = "Questions";
  info.task = Task::vqa;
  return info;
}

inline MetricPointer exact_match(const std::string& normaliser = "vqa") {
  return load_metric("exact_match", {{"normaliser", Value(normaliser)}});
}

inline MetricPointer vqa_accuracy(double open_recall = 0.75) {
  return load_metric("vqa_accuracy", {{"open_recall", Value(open_recall)}});
}

inline MetricPointer token_f1() { return load_metric("token_f1", {}); }

inline MetricPointer bleu(const std::string& tokens = "normalised") {
  return load_metric("bleu", {{"tokens", Value(tokens)}});
}

inline MetricPointer rouge(const std::string& text = "normalised", bool stem = false) {
  return load_metric("rouge", {{"text", Value(text)}, {"stem", Value(stem)}});
}

inline MetricPointer compat_vqa() { return load_metric("compat_vqa", {}); }

/// A value of the full set by name.
inline double answer_value(const Metric& metric, const AnswerSet& set, const std::string& name) {
  const auto prepared = metric.prepare({questions(), set.scored()});
  return value_of(*prepared, evaluate(*prepared, std::vector<std::uint32_t>(set.size(), 1U)), name);
}

}  // namespace medvlm::test
