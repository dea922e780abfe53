// Average precision, Brier score and calibration error on every case of the goldens.
#include <doctest/doctest.h>

#include "golden_cases.hpp"
#include "goldens_folder.hpp"

using namespace medvlm;
using namespace medvlm::test;
using nlohmann::json;

TEST_CASE("binary average precision, Brier score and calibration error equal the goldens") {
  if (!test::goldens_present("metrics")) return;
  int probabilities = 0;
  for_each("binary", [&](const Case& each, const json&) {
    check_value(each, "average_precision", evaluate(*auprc(), each.info, each.set).at(0));
    if (!each.expected.contains("brier")) return;  // logits
    ++probabilities;
    check_value(each, "brier", evaluate(*brier(), each.info, each.set).at(0));
    check_value(each, "ece15_toplabel", value_of(*ece(), each.info, each.set, "ece"));
    check_value(each, "ece15_positive", value_of(*ece(), each.info, each.set, "ece_positive"));
  });
  CHECK(probabilities > 0);
}

TEST_CASE("logits are refused by the metrics of probabilities") {
  if (!test::goldens_present("metrics")) return;
  for_each("binary", [](const Case& each, const json& entry) {
    if (entry.value("score_is_probability", true)) return;
    CAPTURE(each.name);
    CHECK(refusal(*brier(), each.info, each.set).find("'brier' needs probabilities") != std::string::npos);
    CHECK(refusal(*ece(), each.info, each.set).find("'ece' needs probabilities") != std::string::npos);
  });
}

TEST_CASE("multi-class average precision, Brier score and calibration error equal the goldens") {
  if (!test::goldens_present("metrics")) return;
  for_each("multiclass", [](const Case& each, const json&) {
    const auto values = evaluate(*auprc(), each.info, each.set);
    check_list(each, "average_precision_per_class", without_headline(values));
    double sum = 0;
    for (const json& value : each.expected.at("average_precision_per_class")) sum += number(value);
    CHECK(agrees(values.at(0), sum / static_cast<double>(each.info.classes.size())));
    check_value(each, "brier_sum", evaluate(*brier(), each.info, each.set).at(0));
    check_value(each, "ece15_toplabel", evaluate(*ece(), each.info, each.set).at(0));
  });
}

TEST_CASE("multi-label average precision, Brier score and calibration error equal the goldens") {
  if (!test::goldens_present("metrics")) return;
  for_each("multilabel", [](const Case& each, const json&) {
    const auto precision = evaluate(*auprc(), each.info, each.set);
    check_list(each, "average_precision_per_label", without_headline(precision));
    check_value(each, "average_precision_macro", precision.at(0));
    check_value(each, "average_precision_micro", evaluate(*auprc("micro"), each.info, each.set).at(0));
    check_list(each, "brier_per_label", without_headline(evaluate(*brier(), each.info, each.set)));
    check_list(each, "ece15_positive_per_label", without_headline(evaluate(*ece(), each.info, each.set)));
  });
}
