#include "medvlm/sdk/train/classification.hpp"

#include <algorithm>

#include <ATen/ATen.h>

#include "medvlm/base/error.hpp"

namespace medvlm::sdk::train {
namespace {

void check_label(const DatasetInfo& dataset, const Sample& sample) {
  const auto classes = static_cast<std::int64_t>(dataset.classes.size());
  const bool fits = dataset.labels == LabelKind::multilabel ? sample.labels.size() == dataset.classes.size()
                                                            : sample.label >= 0 && sample.label < classes;
  if (fits) return;
  throw Error(ErrorCode::data, "sample '" + sample.id + "' of '" + dataset.name + "' has a label that the dataset's " +
                                   std::to_string(classes) + " classes do not have; check its label column");
}

/// Multi-label logits of either form as one logit per finding.
at::Tensor finding_logits(const at::Tensor& logits) {
  return logits.dim() == 3 ? logits.select(2, 1) - logits.select(2, 0) : logits;
}

}  // namespace

bool has_label(const DatasetInfo& dataset, const Sample& sample) {
  if (dataset.labels != LabelKind::multilabel) return sample.label >= 0;
  return std::any_of(sample.labels.begin(), sample.labels.end(), [](std::int8_t label) { return label >= 0; });
}

at::Tensor label_tensor(const DatasetInfo& dataset, std::span<const Sample> samples) {
  const bool multilabel = dataset.labels == LabelKind::multilabel;
  std::vector<std::int64_t> values;
  for (const Sample& sample : samples) {
    check_label(dataset, sample);
    if (multilabel) values.insert(values.end(), sample.labels.begin(), sample.labels.end());
    else values.push_back(sample.label);
  }
  const at::Tensor labels = at::tensor(values, at::kLong);
  return multilabel ? labels.view({std::int64_t(samples.size()), std::int64_t(dataset.classes.size())}) : labels;
}

at::Tensor class_counts(LabelKind kind, std::int64_t classes, const at::Tensor& labels) {
  if (kind != LabelKind::multilabel) return at::bincount(labels, {}, classes);
  return at::stack({(labels == 0).sum(0), (labels == 1).sum(0)}, 1);
}

void require_two_classes(const DatasetInfo& dataset, const at::Tensor& counts, const std::string& split) {
  const std::string place = "the " + split + " split of '" + dataset.name + "'";
  if (counts.sum().item<std::int64_t>() == 0) throw Error(ErrorCode::data, place + " has no labelled sample to learn from");
  const at::Tensor present = counts > 0;
  if (dataset.labels == LabelKind::multilabel) {
    if (present.all(1).any().item<bool>()) return;
    throw Error(ErrorCode::data, place + " has no finding that is present in one sample and absent in another");
  }
  if (present.sum().item<std::int64_t>() >= 2) return;
  const auto only = static_cast<std::size_t>(present.to(at::kInt).argmax().item<std::int64_t>());
  throw Error(ErrorCode::data, place + " has samples of one class only, '" + dataset.classes[only].name +
                                   "': there is nothing to tell apart");
}

at::Tensor balanced_weights(const at::Tensor& counts) {
  const at::Tensor count = counts.to(at::kFloat);
  const at::Tensor weights = count.sum(-1, true) / (double(counts.size(-1)) * count);
  return at::where(counts > 0, weights, at::zeros_like(weights));
}

at::Tensor label_weights(LabelKind kind, const at::Tensor& labels, const at::Tensor& weights) {
  if (kind != LabelKind::multilabel) {
    return weights.defined() ? weights.index_select(0, labels) : at::ones(labels.sizes(), at::kFloat);
  }
  const at::Tensor known = (labels >= 0).to(at::kFloat);
  if (!weights.defined()) return known;
  return known * at::where(labels == 1, weights.select(1, 1), weights.select(1, 0));
}

at::Tensor loss_sum(LabelKind kind, const at::Tensor& logits, const at::Tensor& labels, const at::Tensor& label_weights) {
  const at::Tensor weights = label_weights.to(logits.options());
  if (kind == LabelKind::multilabel) {
    const at::Tensor targets = labels.clamp_min(0).to(logits.options());
    return at::binary_cross_entropy_with_logits(finding_logits(logits), targets, weights, {}, at::Reduction::Sum);
  }
  const at::Tensor chosen = at::log_softmax(logits, 1).gather(1, labels.to(logits.device()).unsqueeze(1)).squeeze(1);
  return -(chosen * weights).sum();
}

at::Tensor probabilities(LabelKind kind, const at::Tensor& logits) {
  // In double on the CPU: the order of close scores then follows the logits alone.
  const at::Tensor exact = logits.to(at::kCPU, at::kDouble);
  if (kind == LabelKind::multilabel) return at::sigmoid(finding_logits(exact));
  if (exact.size(1) == 1) return at::cat({at::sigmoid(-exact), at::sigmoid(exact)}, 1);
  return at::softmax(exact, 1);
}

std::vector<Prediction> to_predictions(const at::Tensor& probabilities) {
  const at::Tensor scores = probabilities.to(at::kCPU, at::kDouble).contiguous();
  const double* values = scores.const_data_ptr<double>();
  const std::int64_t classes = scores.size(1);
  std::vector<Prediction> predictions(static_cast<std::size_t>(scores.size(0)));
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    predictions[i].scores.assign(values + std::int64_t(i) * classes, values + (std::int64_t(i) + 1) * classes);
  }
  return predictions;
}

}  // namespace medvlm::sdk::train
