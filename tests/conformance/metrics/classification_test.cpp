// AUROC and accuracy on every case of the classification goldens, and all bootstraps, against scikit-learn's numbers.
#include <doctest/doctest.h>

#include <cmath>

#include "golden_cases.hpp"
#include "goldens_folder.hpp"
#include "medvlm/base/random.hpp"

using namespace medvlm;
using namespace medvlm::test;
using nlohmann::json;

namespace {

std::vector<double> auroc_of(const Case& each, const std::string& average) {
  return evaluate(*auroc(average), each.info, each.set);
}

}  // namespace

TEST_CASE("binary AUROC and accuracy equal the goldens") {
  if (!test::goldens_present("metrics")) return;
  for_each("binary", [](const Case& each, const json&) {
    check_value(each, "auroc", auroc_of(each, "macro_present").at(0));
    check_value(each, "accuracy", evaluate(*accuracy(each.threshold), each.info, each.set).at(0));
  });
}

TEST_CASE("multi-class AUROC in all averages, and accuracy, equal the goldens") {
  if (!test::goldens_present("metrics")) return;
  for_each("multiclass", [](const Case& each, const json&) {
    const auto present = auroc_of(each, "macro_present");
    check_list(each, "auroc_ovr_per_class", without_headline(present));
    check_value(each, "auroc_ovr_macro_present", present.at(0));
    check_value(each, "auroc_ovr_macro", auroc_of(each, "macro").at(0));
    check_value(each, "auroc_ovr_weighted", auroc_of(each, "weighted").at(0));
    check_value(each, "auroc_ovo_macro", auroc_of(each, "ovo").at(0));
    check_value(each, "accuracy", evaluate(*accuracy(), each.info, each.set).at(0));
  });
}

TEST_CASE("multi-label AUROC in all averages, and accuracy, equal the goldens") {
  if (!test::goldens_present("metrics")) return;
  for_each("multilabel", [](const Case& each, const json&) {
    const auto present = auroc_of(each, "macro_present");
    check_list(each, "auroc_per_label", without_headline(present));
    check_value(each, "auroc_macro_present", present.at(0));
    check_value(each, "auroc_macro", auroc_of(each, "macro").at(0));
    check_value(each, "auroc_weighted", auroc_of(each, "weighted").at(0));
    check_value(each, "auroc_micro", auroc_of(each, "micro").at(0));
    const auto shares = evaluate(*accuracy(), each.info, each.set);
    check_value(each, "hamming_loss", 1 - shares.at(0));
    check_value(each, "subset_accuracy", shares.at(1));
  });
}

TEST_CASE("every resample of the index matrices, and its summary, equal the goldens") {
  if (!test::goldens_present("metrics")) return;
  const std::vector<std::pair<std::string, MetricPointer (*)()>> metrics{
      {"auroc", [] { return auroc(); }},
      {"auroc_ovr_macro", [] { return auroc("macro"); }},
      {"auroc_ovr_macro_present", [] { return auroc("macro_present"); }},
      {"accuracy", [] { return accuracy(); }},
      {"average_precision", [] { return auprc(); }},
      {"f1_macro_all", [] { return f1("macro_all"); }},
      {"brier", [] { return brier(); }}};
  int checked = 0;
  for (const json& entry : cases()) {
    if (!entry.contains("bootstrap")) continue;
    const Case each = load(entry);
    for (const auto& [key, make] : metrics) {
      // The summary of one case's accuracy comes without the single iterations.
      if (!entry.at("bootstrap").contains(key) || !arrays().has(each.name + ".boot_" + key)) continue;
      check_rounds(each, entry, key, *make());
      ++checked;
    }
  }
  CHECK(checked > 0);
}

TEST_CASE("resamples made by the goldens' recipe have the goldens' AUROC") {
  if (!test::goldens_present("metrics")) return;
  int checked = 0;
  for (const json& entry : cases()) {
    if (!entry.contains("bootstrap_recipe")) continue;
    const Case each = load(entry);
    const json& recipe = entry.at("bootstrap_recipe");
    Splitmix64 generator(std::stoull(recipe.at("seed").get<std::string>()));
    const auto prepared = auroc()->prepare({each.info, each.set.scored()});
    const auto n = static_cast<std::uint32_t>(each.set.size());
    std::vector<double> rounds;
    for (int round = 0; round < recipe.at("iterations").get<int>(); ++round) {
      std::vector<std::uint32_t> counts(n);
      for (std::uint32_t i = 0; i < n; ++i) {
        const std::uint32_t index = generator.below(n);
        ++counts.at(index);
        if (round == 0 && i < recipe.at("first_indices").size()) CHECK(index == recipe.at("first_indices")[i]);
      }
      rounds.push_back(evaluate(*prepared, counts).at(0));
      CHECK(agrees(rounds.back(), number(recipe.at("auroc").at(rounds.size() - 1))));
    }
    check_summary(each.name, rounds, recipe.at("summary"));
    ++checked;
  }
  CHECK(checked > 0);
}

TEST_CASE("a value that the goldens leave undefined comes with a reason") {
  if (!test::goldens_present("metrics")) return;
  for (const json& entry : cases()) {
    const Case each = load(entry);
    const auto prepared = auroc("macro_present")->prepare({each.info, each.set.scored()});
    const auto values = evaluate(*prepared, std::vector<std::uint32_t>(each.set.size(), 1U));
    for (std::size_t v = 0; v < values.size(); ++v) {
      CAPTURE(each.name);
      CAPTURE(v);
      CHECK(prepared->undefined_reason(v).empty() != std::isnan(values[v]));
    }
  }
}
