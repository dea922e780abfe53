// F1, precision, recall, balanced accuracy, MCC, sensitivity and specificity on every case of the goldens.
#include <doctest/doctest.h>

#include "golden_cases.hpp"
#include "goldens_folder.hpp"

using namespace medvlm;
using namespace medvlm::test;
using nlohmann::json;

namespace {

/// f1, precision and recall in one average, against keys like "f1_macro".
void check_average(const Case& each, const std::string& average, const std::string& suffix) {
  const auto values = evaluate(*f1(average, each.threshold), each.info, each.set);
  check_value(each, "f1_" + suffix, values.at(0));
  check_value(each, "precision_" + suffix, values.at(1));
  check_value(each, "recall_" + suffix, values.at(2));
}

/// The values of each class, against keys like "f1_per_class".
void check_classes(const Case& each, const std::string& suffix) {
  const auto values = evaluate(*f1("auto", each.threshold), each.info, each.set);
  const auto classes = static_cast<std::ptrdiff_t>(each.info.classes.size());
  const auto part = [&](std::ptrdiff_t which) {
    const auto first = values.begin() + 3 + which * classes;
    return std::vector<double>(first, first + classes);
  };
  check_list(each, "f1_" + suffix, part(0));
  check_list(each, "precision_" + suffix, part(1));
  check_list(each, "recall_" + suffix, part(2));
}

double headline(const Case& each, const std::string& metric) {
  return evaluate(*metric_with_threshold(metric, each.threshold), each.info, each.set).at(0);
}

}  // namespace

TEST_CASE("binary decisions equal the goldens") {
  if (!test::goldens_present("metrics")) return;
  for_each("binary", [](const Case& each, const json&) {
    check_average(each, "auto", "pos");
    check_average(each, "macro", "macro");
    check_average(each, "macro_all", "macro_all");
    check_value(each, "balanced_accuracy", headline(each, "balanced_accuracy"));
    check_value(each, "mcc", headline(each, "mcc"));
  });
}

TEST_CASE("sensitivity and specificity at a fixed threshold follow from the goldens' confusion matrix") {
  if (!test::goldens_present("metrics")) return;
  for_each("binary", [](const Case& each, const json&) {
    const auto cells = each.expected.at("confusion_tn_fp_fn_tp").get<std::vector<double>>();
    const auto values = evaluate(*sensitivity_specificity("fixed", 0.9, each.threshold), each.info, each.set);
    CAPTURE(each.name);
    CHECK(agrees(values.at(0), cells[3] / (cells[2] + cells[3])));  // 0 / 0 is NaN in both
    CHECK(agrees(values.at(1), cells[0] / (cells[0] + cells[1])));
    CHECK(values.at(2) == each.threshold);
  });
}

TEST_CASE("multi-class decisions equal the goldens") {
  if (!test::goldens_present("metrics")) return;
  for_each("multiclass", [](const Case& each, const json&) {
    for (const char* average : {"macro", "macro_all", "micro", "weighted"}) check_average(each, average, average);
    check_average(each, "auto", "macro");
    check_classes(each, "per_class");
    check_value(each, "balanced_accuracy", headline(each, "balanced_accuracy"));
    check_value(each, "mcc", headline(each, "mcc"));
  });
}

TEST_CASE("multi-label decisions equal the goldens") {
  if (!test::goldens_present("metrics")) return;
  for_each("multilabel", [](const Case& each, const json&) {
    for (const char* average : {"macro", "micro", "weighted", "samples"}) check_average(each, average, average);
    check_classes(each, "per_label");
  });
}
