// Every case of the classification goldens, against scikit-learn's numbers.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <numeric>

#include "golden_arrays.hpp"
#include "goldens_folder.hpp"
#include "medvlm/base/random.hpp"
#include "medvlm/core/bootstrap.hpp"
#include "metric_plugin.hpp"

using namespace medvlm;
using namespace medvlm::test;
using nlohmann::json;

namespace {

constexpr double kTolerance = 1e-12;

std::string golden(const std::string& name) {
  const char* const folder = std::getenv("MEDVLM_GOLDENS");
  return std::string(folder == nullptr ? MEDVLM_GOLDENS_DEFAULT : folder) + "/metrics/" + name;
}

const json& cases() {
  static const json all = json::parse(read_file(golden("classification.json"))).at("cases");
  return all;
}

const GoldenArrays& arrays() {
  static const GoldenArrays all(golden("classification.safetensors"));
  return all;
}

// "nan", "inf" and "-inf" stand for themselves.
double number(const json& value) {
  return value.is_string() ? std::strtod(value.get<std::string>().c_str(), nullptr) : value.get<double>();
}

bool agrees(double got, double expected) {
  if (std::isnan(expected)) return std::isnan(got);
  return std::abs(got - expected) <= kTolerance;
}

struct Case {
  std::string name;
  json expected;
  DatasetInfo info;
  ScoredSet set;
  double threshold = 0.5;
};

Case load(const json& entry) {
  Case loaded;
  loaded.name = entry.at("name");
  loaded.expected = entry.at("expected");
  const std::string kind = entry.at("kind");
  const bool binary = kind == "binary";
  if (!entry.value("score_is_probability", true)) loaded.threshold = 0;
  const std::size_t classes = binary ? 1 : entry.at("n_classes").get<std::size_t>();
  std::vector<std::string> names{"negative", "positive"};
  if (!binary) names.resize(classes);
  for (std::size_t c = 0; c < classes && !binary; ++c) names[c] = std::string("c").append(std::to_string(c));
  const LabelKind several = kind == "multiclass" ? LabelKind::multiclass : LabelKind::multilabel;
  loaded.info = diagnosis(binary ? LabelKind::binary : several, names);
  const auto truth = arrays().get(loaded.name + ".y_true");
  const auto scores = arrays().get(loaded.name + ".y_score");
  for (std::size_t i = 0; i < scores.size() / classes; ++i) {
    const auto first = static_cast<std::ptrdiff_t>(i * classes);
    const auto last = first + static_cast<std::ptrdiff_t>(classes);
    const std::vector<double> row(scores.begin() + first, scores.begin() + last);
    if (kind == "multilabel") {
      loaded.set.add_labels({truth.begin() + first, truth.begin() + last}, row);
    } else {
      loaded.set.add(static_cast<std::int64_t>(truth[i]), row);
    }
  }
  return loaded;
}

std::vector<double> auroc_of(const Case& each, const std::string& average) {
  return evaluate(*auroc(average), each.info, each.set);
}

void check_value(const Case& each, const std::string& key, double got) {
  CAPTURE(each.name);
  CAPTURE(key);
  CAPTURE(got);
  CHECK(agrees(got, number(each.expected.at(key))));
}

void check_list(const Case& each, const std::string& key, const std::vector<double>& got) {
  const json& expected = each.expected.at(key);
  REQUIRE(expected.size() == got.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CAPTURE(each.name);
    CAPTURE(key);
    CAPTURE(i);
    CHECK(agrees(got[i], number(expected[i])));
  }
}

std::vector<double> without_headline(std::vector<double> values) {
  values.erase(values.begin());
  return values;
}

// Calls `check` for each case of a kind, and insists that there is one.
template <typename Check>
void for_each(const std::string& kind, Check check) {
  int count = 0;
  for (const json& entry : cases()) {
    if (entry.at("kind") != kind) continue;
    check(load(entry), entry);
    ++count;
  }
  CHECK(count > 0);
}

std::vector<std::uint32_t> counted(const std::vector<double>& indices, std::size_t round, std::size_t n) {
  std::vector<std::uint32_t> counts(n);
  for (std::size_t i = 0; i < n; ++i) ++counts.at(static_cast<std::size_t>(indices.at(round * n + i)));
  return counts;
}

void check_summary(const std::string& name, const std::vector<double>& rounds, const json& expected) {
  const Interval interval = summarise(rounds, 0.95);
  CAPTURE(name);
  CHECK(interval.valid_rounds == expected.at("n_valid").get<std::size_t>());
  CHECK(agrees(interval.mean, number(expected.at("mean"))));
  CHECK(agrees(interval.low, number(expected.at("lo"))));
  CHECK(agrees(interval.high, number(expected.at("hi"))));
  CHECK(agrees(interval.std, number(expected.at("std0"))));
}

// The headline for each row of the case's index matrix, against each iteration's golden and their summary.
void check_rounds(const Case& each, const json& entry, const std::string& key, const Metric& metric) {
  const auto indices = arrays().get(each.name + ".boot_idx");
  const auto expected = arrays().get(each.name + ".boot_" + key);
  const auto prepared = metric.prepare({each.info, each.set.scored()});
  REQUIRE(indices.size() == expected.size() * each.set.size());
  std::vector<double> rounds;
  for (std::size_t round = 0; round < expected.size(); ++round) {
    rounds.push_back(evaluate(*prepared, counted(indices, round, each.set.size())).at(0));
    CAPTURE(each.name);
    CAPTURE(key);
    CAPTURE(round);
    CHECK(agrees(rounds.back(), expected[round]));
  }
  check_summary(each.name + " " + key, rounds, entry.at("bootstrap").at(key));
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
      {"accuracy", [] { return accuracy(); }}};
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
