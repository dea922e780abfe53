// Labels, class weights, loss and probabilities of diagnosis: binary, multi-class and multi-label alike.
#pragma once

#include <span>

#include <ATen/core/Tensor.h>

#include "medvlm/core/data.hpp"

namespace medvlm::sdk::train {

/// True if the sample says something to learn from: a class, or at least one known finding.
MEDVLM_API bool has_label(const DatasetInfo& dataset, const Sample& sample);

/// int64: [n] class indices, or [n, classes] of 1, 0 and -1 (unknown) for multi-label. Throws Error(data) that names the
/// sample for a label that the dataset does not have.
MEDVLM_API at::Tensor label_tensor(const DatasetInfo& dataset, std::span<const Sample> samples);

/// How many samples have each class, int64 [classes]; multi-label: [classes, 2], without and with the finding.
MEDVLM_API at::Tensor class_counts(LabelKind kind, std::int64_t classes, const at::Tensor& labels);

/// Throws Error(data) if there is nothing to tell apart: no sample, or fewer than two classes (multi-label: no finding
/// that is present in one sample and absent in another). `split` is named in the message.
MEDVLM_API void require_two_classes(const DatasetInfo& dataset, const at::Tensor& counts, const std::string& split);

/// n / (classes * count), float32, of the shape of the counts; multi-label: for each finding alone. 0 where the count is.
MEDVLM_API at::Tensor balanced_weights(const at::Tensor& counts);

/// The weight of each label: [n], or [n, classes] with 0 for unknown ones. `weights` as balanced_weights() gives them;
/// undefined: 1 for each known label.
MEDVLM_API at::Tensor label_weights(LabelKind kind, const at::Tensor& labels, const at::Tensor& weights);

/// The weighted sum of cross-entropies (multi-label: of binary cross-entropies over known labels), a scalar.
/// Divided by the sum of label_weights() it is torch's weighted mean. `logits` [n, classes]; multi-label also
/// [n, classes, 2] with the logits of absence and presence. Differentiable.
MEDVLM_API at::Tensor loss_sum(LabelKind kind, const at::Tensor& logits, const at::Tensor& labels,
                               const at::Tensor& label_weights);

/// float64 [n, classes] on the CPU, of the logits that loss_sum() takes; also of [n, 1] for binary, the logit of class 1.
MEDVLM_API at::Tensor probabilities(LabelKind kind, const at::Tensor& logits);

/// One prediction per row of the probabilities.
MEDVLM_API std::vector<Prediction> to_predictions(const at::Tensor& probabilities);

}  // namespace medvlm::sdk::train
