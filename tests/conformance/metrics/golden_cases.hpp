// The cases of the classification goldens, and checks against their numbers.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "golden_arrays.hpp"
#include "medvlm/core/bootstrap.hpp"
#include "metric_plugin.hpp"

namespace medvlm::test {

inline constexpr double kTolerance = 1e-12;

inline std::string golden(const std::string& name) {
  const char* const folder = std::getenv("MEDVLM_GOLDENS");
  return std::string(folder == nullptr ? MEDVLM_GOLDENS_DEFAULT : folder) + "/metrics/" + name;
}

inline const nlohmann::json& cases() {
  static const nlohmann::json all = nlohmann::json::parse(read_file(golden("classification.json"))).at("cases");
  return all;
}

inline const GoldenArrays& arrays() {
  static const GoldenArrays all(golden("classification.safetensors"));
  return all;
}

// "nan", "inf" and "-inf" stand for themselves.
inline double number(const nlohmann::json& value) {
  return value.is_string() ? std::strtod(value.get<std::string>().c_str(), nullptr) : value.get<double>();
}

inline bool agrees(double got, double expected) {
  if (std::isnan(expected)) return std::isnan(got);
  return std::abs(got - expected) <= kTolerance;
}

struct Case {
  std::string name;
  nlohmann::json expected;
  DatasetInfo info;
  ScoredSet set;
  double threshold = 0.5;
};

inline Case load(const nlohmann::json& entry) {
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

inline void check_value(const Case& each, const std::string& key, double got) {
  CAPTURE(each.name);
  CAPTURE(key);
  CAPTURE(got);
  CHECK(agrees(got, number(each.expected.at(key))));
}

inline void check_list(const Case& each, const std::string& key, const std::vector<double>& got) {
  const nlohmann::json& expected = each.expected.at(key);
  REQUIRE(expected.size() == got.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CAPTURE(each.name);
    CAPTURE(key);
    CAPTURE(i);
    CHECK(agrees(got[i], number(expected[i])));
  }
}

inline std::vector<double> without_headline(std::vector<double> values) {
  values.erase(values.begin());
  return values;
}

// Calls `check` for each case of a kind, and insists that there is one.
template <typename Check>
void for_each(const std::string& kind, Check check) {
  int count = 0;
  for (const nlohmann::json& entry : cases()) {
    if (entry.at("kind") != kind) continue;
    check(load(entry), entry);
    ++count;
  }
  CHECK(count > 0);
}

inline std::vector<std::uint32_t> counted(const std::vector<double>& indices, std::size_t round, std::size_t n) {
  std::vector<std::uint32_t> counts(n);
  for (std::size_t i = 0; i < n; ++i) ++counts.at(static_cast<std::size_t>(indices.at(round * n + i)));
  return counts;
}

inline void check_summary(const std::string& name, const std::vector<double>& rounds, const nlohmann::json& expected) {
  const Interval interval = summarise(rounds, 0.95);
  CAPTURE(name);
  CHECK(interval.valid_rounds == expected.at("n_valid").get<std::size_t>());
  CHECK(agrees(interval.mean, number(expected.at("mean"))));
  CHECK(agrees(interval.low, number(expected.at("lo"))));
  CHECK(agrees(interval.high, number(expected.at("hi"))));
  CHECK(agrees(interval.std, number(expected.at("std0"))));
}

// The headline for each row of the case's index matrix, against each iteration's golden and their summary.
inline void check_rounds(const Case& each, const nlohmann::json& entry, const std::string& key, const Metric& metric) {
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

}  // namespace medvlm::test
