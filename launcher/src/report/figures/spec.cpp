#include "spec.hpp"

#include <cmath>
#include <set>

#include "../text.hpp"

namespace medvlm::report {

Json base_spec(const std::string& title, const std::string& description, Json rows,
               const std::vector<DataColumn>& columns) {
  Json shown = Json::array();
  for (const DataColumn& column : columns) shown.push_back({column.field, column.title});
  return {{"$schema", "https://vega.github.io/schema/vega-lite/v6.json"},
          {"title", {{"text", clean_utf8(title)}, {"anchor", "start"}}},
          {"description", clean_utf8(description)},
          {"usermeta", {{"columns", std::move(shown)}}},
          {"data", {{"name", "rows"}, {"values", std::move(rows)}}}};
}

std::size_t distinct_values(const Json& rows, const char* field) {
  std::set<std::string> seen;
  for (const Json& row : rows) seen.insert(row[field].get<std::string>());
  return seen.size();
}

Json rounded(double value, int decimals) {
  if (!std::isfinite(value)) return nullptr;
  const double factor = std::pow(10.0, decimals);
  return std::round(value * factor) / factor;
}

Json colours(const std::vector<std::string>& domain) {
  Json range = Json::array();
  for (std::size_t i = 0; i < domain.size(); ++i) range.push_back(kPalette[i % kPalette.size()]);
  return {{"domain", domain}, {"range", std::move(range)}};
}

Json channel(const std::string& field, const std::string& type, Json more) {
  Json result = {{"field", field}, {"type", type}};
  result.update(more);
  return result;
}

Json tooltips(const std::vector<DataColumn>& columns) {
  Json result = Json::array();
  for (const DataColumn& column : columns) result.push_back({{"field", column.field}, {"title", column.title}});
  return result;
}

}  // namespace medvlm::report
