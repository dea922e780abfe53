#include <limits>

#include "scoring.hpp"

namespace medvlm {
namespace {

using OrderedJson = nlohmann::ordered_json;

double number_of(const OrderedJson& json, const char* key) {
  const auto found = json.find(key);
  return found == json.end() || found->is_null() ? std::numeric_limits<double>::quiet_NaN() : found->get<double>();
}

ResultValue value_of(const OrderedJson& json) {
  ResultValue value{json.at("metric"), json.at("name"), json.at("headline"), json.at("higher_is_better"), {}, "", {}, {}};
  value.interval = {number_of(json, "value"), number_of(json, "mean"), number_of(json, "std"), number_of(json, "ci_low"),
                    number_of(json, "ci_high"), json.at("valid_rounds")};
  value.reason = json.value("reason", "");
  return value;
}

}  // namespace

ScenarioResult summary_of_result(const OrderedJson& document) {
  ScenarioResult result;
  const OrderedJson& samples = document.at("samples");
  result.samples = samples.at("total");
  result.scored = samples.at("scored");
  result.errored = samples.at("errored");
  result.missing = samples.at("missing");
  result.complete = result.missing == 0;
  for (const OrderedJson& value : document.at("metrics")) result.values.push_back(value_of(value));
  return result;
}

}  // namespace medvlm
