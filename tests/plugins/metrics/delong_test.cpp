#include <doctest/doctest.h>

#include <cmath>

#include "metric_plugin.hpp"

using namespace medvlm;
using namespace medvlm::test;

namespace {

MetricPointer with_scale(const std::string& scale) {
  return load_metric("auroc", {{"average", Value("macro_present")}, {"delong", Value(scale)}});
}

/// The ratings of J. A. Hanley and B. J. McNeil, Radiology 143 (1982), table I.
ScoredSet hanley_mcneil() {
  const int normal[] = {33, 6, 6, 11, 2};
  const int abnormal[] = {3, 2, 2, 11, 33};
  ScoredSet set;
  for (int rating = 0; rating < 5; ++rating) {
    for (int i = 0; i < normal[rating]; ++i) set.add(0, {double(rating)});
    for (int i = 0; i < abnormal[rating]; ++i) set.add(1, {double(rating)});
  }
  return set;
}

}  // namespace

// Stata's manual ([R] roctab) publishes area 0.8932, standard error 0.0307 and interval 0.83295 to 0.95339.
TEST_CASE("DeLong's interval of the Hanley-McNeil ratings is the published one") {
  const ScoredSet set = hanley_mcneil();
  const auto prepared = with_scale("plain")->prepare({benign_or_malignant(), set.scored()});
  CHECK(std::abs(evaluate(*prepared, std::vector<std::uint32_t>(set.size(), 1U)).at(0) - 0.8932) < 5e-5);
  const auto interval = prepared->analytic(0, 0.95);
  REQUIRE(interval.has_value());
  CHECK(interval->method == "delong");
  CHECK(std::abs(std::sqrt(interval->variance) - 0.0307) < 5e-5);
  CHECK(std::abs(interval->low - 0.83295) < 5e-6);
  CHECK(std::abs(interval->high - 0.95339) < 5e-6);
}

TEST_CASE("on the logit scale the interval stays within 0 and 1 and widens with the confidence") {
  ScoredSet set;
  for (const double score : {0.1, 0.2, 0.3, 0.65}) set.add(0, {score});
  for (const double score : {0.6, 0.7, 0.8}) set.add(1, {score});
  const auto logit = with_scale("logit")->prepare({benign_or_malignant(), set.scored()});
  const auto narrow = logit->analytic(0, 0.9);
  const auto wide = logit->analytic(0, 0.99);
  CHECK(narrow->method == "delong_logit");
  CHECK(wide->low < narrow->low);
  CHECK(wide->high > narrow->high);
  CHECK(wide->high < 1);
  CHECK(with_scale("plain")->prepare({benign_or_malignant(), set.scored()})->analytic(0, 0.99)->high == 1);
}

TEST_CASE("there is no variance with fewer than two samples of a kind, nor for a mean over classes") {
  ScoredSet set;
  set.add(1, {0.9});
  set.add(0, {0.2});
  set.add(0, {0.1});
  CHECK_FALSE(with_scale("logit")->prepare({benign_or_malignant(), set.scored()})->analytic(0, 0.95).has_value());
  CHECK_FALSE(with_scale("logit")->prepare({benign_or_malignant(), {}})->analytic(0, 0.95).has_value());
  const DatasetInfo findings = diagnosis(LabelKind::multilabel, {"x", "y"});
  ScoredSet labels;
  for (const double score : {0.1, 0.2, 0.3, 0.4}) labels.add_labels({score > 0.15 && score != 0.3, -1}, {score, score});
  const auto prepared = with_scale("logit")->prepare({findings, labels.scored()});
  CHECK_FALSE(prepared->analytic(0, 0.95).has_value());
  CHECK(prepared->analytic(1, 0.95).has_value());
  CHECK_FALSE(prepared->analytic(2, 0.95).has_value());  // no label is known
  CHECK_FALSE(prepared->analytic(3, 0.95).has_value());
}

TEST_CASE("perfect separation gives a point") {
  ScoredSet set;
  for (const double score : {0.1, 0.2}) set.add(0, {score});
  for (const double score : {0.8, 0.9}) set.add(1, {score});
  const auto interval = with_scale("logit")->prepare({benign_or_malignant(), set.scored()})->analytic(0, 0.95);
  REQUIRE(interval.has_value());
  CHECK(interval->low == 1);
  CHECK(interval->high == 1);
}

TEST_CASE("an unknown scale is refused") { CHECK_THROWS_AS(with_scale("probit"), Error); }
