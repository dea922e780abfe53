#include <ATen/ATen.h>

#include "checks.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/train/classification.hpp"

using namespace medvlm;
using namespace medvlm::sdk::train;

namespace {

DatasetInfo dataset(LabelKind kind, int classes) {
  DatasetInfo info;
  info.name = "tiny";
  info.labels = kind;
  for (int c = 0; c < classes; ++c) info.classes.push_back({"class " + std::to_string(c), "", ""});
  return info;
}

Sample labelled(std::int64_t label) {
  Sample sample;
  sample.id = "s";
  sample.label = label;
  return sample;
}

Sample findings(std::vector<std::int8_t> labels) {
  Sample sample;
  sample.id = "s";
  sample.labels = std::move(labels);
  return sample;
}

const at::Tensor kLogits = at::tensor({1.0F, 2.0F, 0.0F, 0.0F, -1.0F, 3.0F, 0.5F, 0.5F, 0.5F}).view({3, 3});

}  // namespace

TEST_CASE("weighted cross-entropy is torch's weighted mean") {
  const at::Tensor labels = at::tensor({1, 2, 0}, at::kLong);
  const at::Tensor weights = label_weights(LabelKind::multiclass, labels, at::tensor({0.5F, 2.0F, 1.0F}));
  const at::Tensor loss = loss_sum(LabelKind::multiclass, kLogits, labels, weights) / weights.sum();
  CHECK(loss.item<float>() == doctest::Approx(0.4086863100528717).epsilon(1e-6));
}

TEST_CASE("unknown findings take no part in the loss, in either form of the logits") {
  const at::Tensor labels = at::tensor({1, 0, -1, 0, 1, 1, -1, 0, 1}, at::kLong).view({3, 3});
  const at::Tensor weights = label_weights(LabelKind::multilabel, labels, {});
  const double expected = 0.8490486145019531;
  CHECK((loss_sum(LabelKind::multilabel, kLogits, labels, weights) / weights.sum()).item<double>() ==
        doctest::Approx(expected).epsilon(1e-6));
  const at::Tensor pairs = at::stack({at::full({3, 3}, 7.0F), kLogits + 7}, 2);
  CHECK((loss_sum(LabelKind::multilabel, pairs, labels, weights) / weights.sum()).item<double>() ==
        doctest::Approx(expected).epsilon(1e-5));
}

TEST_CASE("balanced weights are n / (classes * count), for each finding alone, and 0 for what is not there") {
  const at::Tensor labels = at::tensor({0, 0, 0, 2}, at::kLong);
  const at::Tensor counts = class_counts(LabelKind::multiclass, 3, labels);
  CHECK(at::allclose(balanced_weights(counts), at::tensor({4 / 9.0F, 0.0F, 4 / 3.0F})));
  const at::Tensor multi = at::tensor({1, 0, 0, -1, 0, 1}, at::kLong).view({3, 2});
  const at::Tensor finding_counts = class_counts(LabelKind::multilabel, 2, multi);
  CHECK(at::equal(finding_counts, at::tensor({2, 1, 1, 1}, at::kLong).view({2, 2})));
  CHECK(at::allclose(balanced_weights(finding_counts), at::tensor({0.75F, 1.5F, 1.0F, 1.0F}).view({2, 2})));
}

TEST_CASE("probabilities: softmax, one logit for two classes, a sigmoid for each finding") {
  CHECK(at::allclose(probabilities(LabelKind::multiclass, kLogits).sum(1), at::ones({3}, at::kDouble)));
  const at::Tensor two = probabilities(LabelKind::binary, at::tensor({0.0, 2.0}, at::kDouble).view({2, 1}));
  CHECK(two[1][1].item<double>() == doctest::Approx(1 / (1 + std::exp(-2.0))));
  CHECK(two[0][0].item<double>() == 0.5);
  CHECK(probabilities(LabelKind::multilabel, kLogits)[1][1].item<double>() == doctest::Approx(1 / (1 + std::exp(1.0))));
  const auto predictions = to_predictions(two);
  CHECK(predictions.size() == 2);
  CHECK(predictions[1].scores[1] == two[1][1].item<double>());
}

TEST_CASE("labels that the dataset does not have are refused with the sample's name") {
  const std::vector<Sample> wrong{labelled(3)};
  CHECK_THROWS_WITH_AS(label_tensor(dataset(LabelKind::multiclass, 3), wrong), doctest::Contains("sample 's'"), Error);
  const std::vector<Sample> short_list{findings({1})};
  CHECK_THROWS_AS(label_tensor(dataset(LabelKind::multilabel, 3), short_list), Error);
  CHECK(has_label(dataset(LabelKind::multilabel, 2), findings({-1, 0})));
  CHECK_FALSE(has_label(dataset(LabelKind::multilabel, 2), findings({-1, -1})));
  CHECK_FALSE(has_label(dataset(LabelKind::binary, 2), labelled(-1)));
}

TEST_CASE("nothing to tell apart is refused") {
  const auto binary = dataset(LabelKind::binary, 2);
  CHECK_NOTHROW(require_two_classes(binary, at::tensor({1, 1}, at::kLong), "train"));
  CHECK_THROWS_WITH_AS(require_two_classes(binary, at::tensor({0, 5}, at::kLong), "train"), doctest::Contains("'class 1'"),
                       Error);
  CHECK_THROWS_WITH_AS(require_two_classes(binary, at::tensor({0, 0}, at::kLong), "train"),
                       doctest::Contains("no labelled sample"), Error);
  const auto multi = dataset(LabelKind::multilabel, 2);
  CHECK_THROWS_AS(require_two_classes(multi, at::tensor({3, 0, 0, 3}, at::kLong).view({2, 2}), "train"), Error);
  CHECK_NOTHROW(require_two_classes(multi, at::tensor({3, 0, 1, 2}, at::kLong).view({2, 2}), "train"));
}
