#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "metric_plugin.hpp"

using namespace medvlm;
using namespace medvlm::test;

namespace {

ScoredSet four_binary() {
  ScoredSet set;
  set.add(0, {0.9, 0.1});
  set.add(1, {0.6, 0.4});
  set.add(0, {0.6, 0.4});
  set.add(1, {0.2, 0.8});
  return set;
}

ErrorCode code_of(const Metric& metric, const DatasetInfo& info, const ScoredSet& set, std::string* message = nullptr) {
  try {
    metric.prepare({info, set.scored()});
  } catch (const Error& error) {
    if (message != nullptr) *message = error.message();
    return error.code();
  }
  FAIL("no error was thrown");
  return ErrorCode::internal;
}

}  // namespace

TEST_CASE("a tied pair counts half") {
  CHECK(evaluate(*auroc(), benign_or_malignant(), four_binary()).at(0) == 3.5 / 4);
}

TEST_CASE("a single score per sample is the score of the positive class") {
  ScoredSet set;
  set.add(0, {0.7});
  set.add(1, {0.6});
  set.add(1, {0.9});
  CHECK(evaluate(*auroc(), benign_or_malignant(), set).at(0) == 0.5);
}

TEST_CASE("scores one ulp apart are not a tie") {
  ScoredSet set;
  set.add(0, {0.5});
  set.add(1, {std::nextafter(0.5, 1.0)});
  CHECK(evaluate(*auroc(), benign_or_malignant(), set).at(0) == 1.0);
}

TEST_CASE("minus zero and zero are a tie") {
  ScoredSet set;
  set.add(0, {-0.0});
  set.add(1, {0.0});
  CHECK(evaluate(*auroc(), benign_or_malignant(), set).at(0) == 0.5);
}

TEST_CASE("drawing a sample twice equals having it twice") {
  const auto metric = auroc();
  ScoredSet doubled;
  doubled.add(0, {0.1});
  doubled.add(1, {0.4});
  doubled.add(1, {0.4});
  doubled.add(0, {0.4});
  doubled.add(0, {0.4});
  doubled.add(0, {0.4});
  const auto prepared = metric->prepare({benign_or_malignant(), four_binary().scored()});
  CHECK(evaluate(*prepared, {1, 2, 3, 0}).at(0) == evaluate(*metric, benign_or_malignant(), doubled).at(0));
}

TEST_CASE("a resample with one class only has no AUROC") {
  const auto prepared = auroc()->prepare({benign_or_malignant(), four_binary().scored()});
  CHECK(std::isnan(evaluate(*prepared, {2, 0, 2, 0}).at(0)));
  CHECK(prepared->undefined_reason(0).empty());
}

TEST_CASE("very large counts do not overflow") {
  const auto prepared = auroc()->prepare({benign_or_malignant(), four_binary().scored()});
  const std::uint32_t many = 1U << 30;
  CHECK(evaluate(*prepared, {many, many, many, many}).at(0) == doctest::Approx(3.5 / 4).epsilon(1e-15));
}

TEST_CASE("a test set of one class says so with its counts") {
  ScoredSet set;
  for (int i = 0; i < 34; ++i) set.add(0, {0.5, 0.5});
  const auto prepared = auroc()->prepare({benign_or_malignant(), set.scored()});
  CHECK(std::isnan(evaluate(*prepared, std::vector<std::uint32_t>(34, 1)).at(0)));
  CHECK(prepared->undefined_reason(0) == "the test set has one class only (34 'benign', 0 'malignant')");
}

TEST_CASE("no scored samples give no value and say so") {
  const auto prepared = auroc()->prepare({benign_or_malignant(), {}});
  CHECK(std::isnan(evaluate(*prepared, {}).at(0)));
  CHECK(prepared->undefined_reason(0) == "no sample was scored");
}

TEST_CASE("a score that is not a number is an error that names the sample") {
  ScoredSet set = four_binary();
  set.add(1, {0.5, std::nan("")});
  std::string message;
  CHECK(code_of(*auroc(), benign_or_malignant(), set, &message) == ErrorCode::data);
  CHECK(message.find("'s4'") != std::string::npos);
}

TEST_CASE("an infinite score is an error") {
  ScoredSet set = four_binary();
  set.add(1, {0.5, HUGE_VAL});
  CHECK(code_of(*auroc(), benign_or_malignant(), set) == ErrorCode::data);
}

TEST_CASE("scores or labels that do not fit the classes are errors") {
  const DatasetInfo three = diagnosis(LabelKind::multiclass, {"a", "b", "c"});
  ScoredSet too_few;
  too_few.add(0, {0.5, 0.5});
  CHECK(code_of(*auroc(), three, too_few) == ErrorCode::data);
  for (const std::int64_t label : {-1, 3}) {
    ScoredSet outside;
    outside.add(label, {0.2, 0.3, 0.5});
    CHECK(code_of(*auroc(), three, outside) == ErrorCode::data);
  }
  const DatasetInfo findings = diagnosis(LabelKind::multilabel, {"a", "b"});
  ScoredSet missing;
  missing.add_labels({1}, {0.1, 0.2});
  CHECK(code_of(*auroc(), findings, missing) == ErrorCode::data);
  ScoredSet strange;
  strange.add_labels({1, 2}, {0.1, 0.2});
  CHECK(code_of(*auroc(), findings, strange) == ErrorCode::data);
}

TEST_CASE("each class has a value of its own after the headline") {
  const auto prepared = auroc()->prepare({diagnosis(LabelKind::multiclass, {"a", "b"}), {}});
  REQUIRE(prepared->values().size() == 3);
  CHECK(prepared->values()[0].name == "auroc");
  CHECK(prepared->values()[2].name == "auroc[b]");
  CHECK(prepared->values()[2].higher_is_better);
}

TEST_CASE("macro is undefined where macro_present leaves the absent class out") {
  const DatasetInfo three = diagnosis(LabelKind::multiclass, {"a", "b", "c"});
  ScoredSet set;
  set.add(0, {0.7, 0.2, 0.1});
  set.add(1, {0.2, 0.7, 0.1});
  CHECK(evaluate(*auroc("macro_present"), three, set).at(0) == 1.0);
  const auto prepared = auroc("macro")->prepare({three, set.scored()});
  CHECK(std::isnan(evaluate(*prepared, {1, 1}).at(0)));
  CHECK(prepared->undefined_reason(0) == "the test set lacks samples with, or without, 'c'");
  CHECK(prepared->undefined_reason(3) == "none of the 2 scored samples is 'c'");
  CHECK(prepared->undefined_reason(1).empty());
}

TEST_CASE("unknown labels are left out of a label's AUROC and of the pooled one") {
  const DatasetInfo findings = diagnosis(LabelKind::multilabel, {"a", "b"});
  ScoredSet set;
  set.add_labels({1, -1}, {0.9, 0.0});
  set.add_labels({0, 1}, {0.1, 0.8});
  set.add_labels({-1, 0}, {1.0, 0.3});
  const auto values = evaluate(*auroc("micro"), findings, set);
  CHECK(values == std::vector<double>{1.0, 1.0, 1.0});
}

TEST_CASE("a label that is unknown everywhere says so") {
  ScoredSet set;
  set.add_labels({1, -1}, {0.9, 0.0});
  const auto prepared = auroc()->prepare({diagnosis(LabelKind::multilabel, {"a", "b"}), set.scored()});
  CHECK(prepared->undefined_reason(2) == "no scored sample has a known label for 'b'");
}

TEST_CASE("an average that does not fit the dataset is a configuration error") {
  CHECK(code_of(*auroc("ovo"), diagnosis(LabelKind::multilabel, {"a", "b"}), {}) == ErrorCode::config);
  CHECK(code_of(*auroc("micro"), diagnosis(LabelKind::multiclass, {"a", "b"}), {}) == ErrorCode::config);
  CHECK_NOTHROW(auroc("micro")->check(benign_or_malignant()));
}

TEST_CASE("an unknown average is a configuration error") { CHECK_THROWS_AS(auroc("macr"), Error); }

TEST_CASE("VQA datasets are refused") {
  DatasetInfo questions;
  questions.task = Task::vqa;
  CHECK_THROWS_AS(auroc()->check(questions), Error);
}

TEST_CASE("a resample of another size is refused") {
  const auto prepared = auroc()->prepare({benign_or_malignant(), four_binary().scored()});
  CHECK_THROWS_AS(evaluate(*prepared, {1, 1, 1}), Error);
}
