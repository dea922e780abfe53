// DeLong's variance on every case of the goldens, against the definition over all pairs: computed here, and by numpy
// (tests/peers/delong.py) where its numbers lie beside the goldens.
#include <doctest/doctest.h>

#include <filesystem>
#include <optional>

#include "golden_cases.hpp"
#include "goldens_folder.hpp"

using namespace medvlm;
using namespace medvlm::test;
using nlohmann::json;

namespace {

double sample_variance(const std::vector<double>& values) {
  double mean = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares / static_cast<double>(values.size() - 1);
}

/// The definition: the variance of the placements of either kind among the other.
std::optional<double> variance_over_pairs(const std::vector<double>& positives, const std::vector<double>& negatives) {
  if (positives.size() < 2 || negatives.size() < 2) return {};
  std::vector<double> of_positives(positives.size());
  std::vector<double> of_negatives(negatives.size());
  for (std::size_t i = 0; i < positives.size(); ++i) {
    for (std::size_t j = 0; j < negatives.size(); ++j) {
      const double won = positives[i] > negatives[j] ? 1 : positives[i] == negatives[j] ? 0.5 : 0;
      of_positives[i] += won / static_cast<double>(negatives.size());
      of_negatives[j] += won / static_cast<double>(positives.size());
    }
  }
  return sample_variance(of_positives) / static_cast<double>(positives.size()) +
         sample_variance(of_negatives) / static_cast<double>(negatives.size());
}

/// Checks one curve; `column` is the class.
void check_curve(const Case& each, std::size_t column, const std::optional<AnalyticInterval>& interval) {
  std::vector<double> positives;
  std::vector<double> negatives;
  for (const Scored& scored : each.set.scored()) {
    const bool labels = each.info.labels == LabelKind::multilabel;
    const bool positive = labels ? scored.sample->labels[column] == 1
                                 : scored.sample->label == static_cast<std::int64_t>(column);
    const auto& scores = scored.prediction->scores;
    (positive ? positives : negatives).push_back(scores.size() == 1 ? scores[0] : scores[column]);
  }
  const auto expected = variance_over_pairs(positives, negatives);
  CAPTURE(each.name);
  CAPTURE(column);
  REQUIRE(interval.has_value() == expected.has_value());
  if (expected) CHECK(std::abs(interval->variance - *expected) <= kTolerance);
}

}  // namespace

TEST_CASE("DeLong's variance equals the definition over all pairs") {
  if (!test::goldens_present("metrics")) return;
  for_each("binary", [](const Case& each, const json&) {
    check_curve(each, 1, auroc()->prepare({each.info, each.set.scored()})->analytic(0, 0.95));
  });
  for (const char* kind : {"multiclass", "multilabel"}) {
    for_each(kind, [](const Case& each, const json&) {
      const auto prepared = auroc()->prepare({each.info, each.set.scored()});
      CHECK_FALSE(prepared->analytic(0, 0.95).has_value());  // the headline is a mean
      for (std::size_t c = 0; c < each.info.classes.size(); ++c) check_curve(each, c, prepared->analytic(c + 1, 0.95));
    });
  }
}

TEST_CASE("DeLong's intervals equal numpy's") {
  if (!test::goldens_present("metrics") || !std::filesystem::exists(golden("delong.json"))) return;
  const json expected = json::parse(read_file(golden("delong.json")));
  for_each("binary", [&](const Case& each, const json&) {
    const json& numbers = expected.at(each.name);
    if (numbers.is_null()) return;
    for (const char* scale : {"logit", "plain"}) {
      const auto metric = load_metric("auroc", {{"average", Value("macro")}, {"delong", Value(scale)}});
      const auto interval = metric->prepare({each.info, each.set.scored()})->analytic(0, 0.95);
      CAPTURE(each.name);
      CAPTURE(scale);
      REQUIRE(interval.has_value());
      CHECK(agrees(interval->variance, numbers.at("variance")));
      CHECK(agrees(interval->low, numbers.at(scale)[0]));
      CHECK(agrees(interval->high, numbers.at(scale)[1]));
    }
  });
}
