// Comparisons as JSON.
#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "compare.hpp"

namespace medvlm::launcher {
namespace {

using Json = nlohmann::ordered_json;
using analysis::ScenarioComparison;
using analysis::ValueComparison;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json paired_json(const analysis::Contrast& contrast) {
  const auto& interval = contrast.interval;
  return {{"difference", number(interval.value)}, {"ci_low", number(interval.low)},
          {"ci_high", number(interval.high)},     {"mean", number(interval.mean)},
          {"std", number(interval.std)},          {"p", number(contrast.p_value)},
          {"valid_rounds", interval.valid_rounds}};
}

Json delong_json(const analysis::DeLongDifference& test) {
  return {{"difference", number(test.difference)}, {"ci_low", number(test.low)}, {"ci_high", number(test.high)},
          {"variance", number(test.variance)},     {"z", number(test.z)},        {"p", number(test.p_value)}};
}

Json mcnemar_json(const ValueComparison& value) {
  const auto& test = *value.mcnemar;
  Json json = {{"first_only", test.first_only}, {"second_only", test.second_only}, {"exact_p", test.exact_p},
               {"mid_p", test.mid_p}, {"corrected_chi_square", test.corrected_chi_square}, {"corrected_p", test.corrected_p}};
  if (value.clustered_mcnemar) {
    json["clustered"] = {{"clusters", value.clustered_mcnemar->clusters}, {"z", value.clustered_mcnemar->z},
                         {"p", value.clustered_mcnemar->p_value}};
  }
  return json;
}

Json value_json(const ValueComparison& value) {
  Json json = {{"metric", value.metric}, {"name", value.name}, {"headline", value.headline},
               {"higher_is_better", value.higher_is_better}, {"first", number(value.first)},
               {"second", number(value.second)}, {"difference", number(value.first - value.second)}};
  if (value.paired) json["paired"] = paired_json(*value.paired);
  if (value.delong) json["delong"] = delong_json(*value.delong);
  if (value.mcnemar) json["mcnemar"] = mcnemar_json(value);
  if (value.unpaired) {
    json["unpaired"] = {{"difference", value.unpaired->difference}, {"ci_low", value.unpaired->low},
                        {"ci_high", value.unpaired->high}, {"standard_error", value.unpaired->standard_error},
                        {"z", number(value.unpaired->z)}, {"p", number(value.unpaired->p_value)}};
  }
  json["test"] = analysis::test_name(value.test());
  json["p"] = number(value.p_value());
  if (!std::isnan(value.detectable)) json["detectable_difference"] = value.detectable;
  return json;
}

Json pair_json(const ScenarioComparison& comparison) {
  Json json = {{"first", comparison.first}, {"second", comparison.second}, {"confidence", comparison.confidence},
               {"paired", comparison.paired()}};
  if (comparison.key) {
    json["bootstrap"] = {{"rounds", comparison.key->rounds}, {"seed", comparison.key->seed}, {"unit", comparison.key->unit},
                         {"cluster", comparison.cluster}};
    json["samples"] = {{"total", comparison.key->samples}, {"both", comparison.both}, {"first_only", comparison.first_only},
                       {"second_only", comparison.second_only}, {"neither", comparison.neither}};
  }
  json["values"] = Json::array();
  for (const ValueComparison& value : comparison.values) json["values"].push_back(value_json(value));
  return json;
}

std::string dumped(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

std::string comparison_json(const ScenarioComparison& comparison) { return dumped(pair_json(comparison)); }

std::string comparisons_json(const ManyComparisons& many) {
  Json pairs = Json::array();
  for (const ScenarioComparison& pair : many.pairs) pairs.push_back(pair_json(pair));
  for (const CorrectedValue& corrected : corrected_values(many)) {
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      for (Json& value : pairs[i]["values"]) {
        if (value["metric"] != corrected.metric || value["name"] != corrected.name) continue;
        value["holm_p"] = number(corrected.holm[i]);
        value["benjamini_hochberg_p"] = number(corrected.benjamini_hochberg[i]);
        value["tests"] = corrected.tests;
      }
    }
  }
  Json refused = Json::array();
  for (const auto& each : many.refused) {
    refused.push_back({{"first", each.first}, {"second", each.second}, {"reason", each.reason}});
  }
  return dumped({{"confidence", many.confidence}, {"comparisons", pairs}, {"not_compared", refused}});
}

}  // namespace medvlm::launcher
