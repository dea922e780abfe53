#include <doctest/doctest.h>

#include <cmath>

#include "metric_plugin.hpp"

using namespace medvlm;
using namespace medvlm::test;

TEST_CASE("a score of exactly the threshold is a negative prediction") {
  ScoredSet set;
  set.add(0, {0.5, 0.5});
  set.add(1, {0.5, 0.5});
  set.add(1, {0.4, 0.6});
  CHECK(evaluate(*accuracy(), benign_or_malignant(), set).at(0) == 2.0 / 3);
}

TEST_CASE("the threshold can be moved to 0 for logits") {
  ScoredSet set;
  set.add(1, {0.2});
  set.add(0, {-0.2});
  CHECK(evaluate(*accuracy(0), benign_or_malignant(), set).at(0) == 1.0);
  CHECK(evaluate(*accuracy(0.5), benign_or_malignant(), set).at(0) == 0.5);
}

TEST_CASE("the lowest class wins among equal scores") {
  const DatasetInfo three = diagnosis(LabelKind::multiclass, {"a", "b", "c"});
  ScoredSet set;
  set.add(1, {0.2, 0.4, 0.4});
  set.add(2, {0.2, 0.4, 0.4});
  CHECK(evaluate(*accuracy(), three, set).at(0) == 0.5);
}

TEST_CASE("labels count one by one, per sample and per label, without the unknown ones") {
  const DatasetInfo findings = diagnosis(LabelKind::multilabel, {"a", "b"});
  ScoredSet set;
  set.add_labels({1, -1}, {0.9, 0.9});
  set.add_labels({0, 1}, {0.1, 0.2});
  set.add_labels({-1, -1}, {0.1, 0.2});
  const auto prepared = accuracy()->prepare({findings, set.scored()});
  CHECK(prepared->values()[1].name == "subset_accuracy");
  CHECK(prepared->values()[3].name == "accuracy[b]");
  CHECK(evaluate(*prepared, {1, 1, 1}) == std::vector<double>{2.0 / 3, 0.5, 1.0, 0.0});
  CHECK(evaluate(*prepared, {3, 1, 7}) == std::vector<double>{4.0 / 5, 0.75, 1.0, 0.0});
}

TEST_CASE("accuracy of no samples is undefined and says so") {
  const auto prepared = accuracy()->prepare({benign_or_malignant(), {}});
  CHECK(std::isnan(evaluate(*prepared, {}).at(0)));
  CHECK(prepared->undefined_reason(0) == "no sample was scored");
}

TEST_CASE("accuracy refuses a score that is not a number") {
  ScoredSet set;
  set.add(1, {0.5, std::nan("")});
  CHECK_THROWS_AS(accuracy()->prepare({benign_or_malignant(), set.scored()}), Error);
}

TEST_CASE("accuracy refuses VQA datasets and infinite thresholds") {
  DatasetInfo questions;
  questions.task = Task::vqa;
  CHECK_THROWS_AS(accuracy()->check(questions), Error);
  CHECK_THROWS_AS(accuracy(HUGE_VAL), Error);
}
