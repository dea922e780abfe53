// Scored samples for the tests of this folder.
#pragma once

#include <deque>
#include <vector>

#include "medvlm/core/metric.hpp"

namespace medvlm::test {

struct Samples {
  DatasetInfo info;
  std::deque<Sample> samples;
  std::deque<Prediction> predictions;

  Samples(LabelKind kind, std::size_t classes) {
    info.labels = kind;
    info.classes.resize(classes);
  }
  Samples& add(std::int64_t label, std::vector<std::int8_t> labels, std::vector<double> scores) {
    samples.emplace_back();
    samples.back().label = label;
    samples.back().labels = std::move(labels);
    predictions.emplace_back();
    predictions.back().scores = std::move(scores);
    return *this;
  }
  std::vector<Scored> scored() const {
    std::vector<Scored> list;
    for (std::size_t i = 0; i < samples.size(); ++i) list.push_back({&samples[i], &predictions[i]});
    return list;
  }
};

}  // namespace medvlm::test
