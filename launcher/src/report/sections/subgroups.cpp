// Values by subgroup, and the largest gap of every group.
#include <algorithm>
#include <cmath>

#include "../figures/figures.hpp"
#include "../json_access.hpp"
#include "../material.hpp"
#include "../text.hpp"

namespace medvlm::report {
namespace {

using analysis::Outcome;
using nlohmann::json;

double scale_of(const Material& material, const json& entry) {
  const std::string metric = text_of(entry, "metric"), name = text_of(entry, "name");
  const auto found = material.scales.find(name.rfind(metric, 0) == 0 ? name : metric + "/" + name);
  return found == material.scales.end() ? 100 : found->second;
}

void add_subgroups(Table& table, const Material& material, const Outcome& outcome, const json& result) {
  for (const json& subgroup : list_of(result, "subgroups")) {
    const std::string group = text_of(subgroup, "group"), value = text_of(subgroup, "value");
    const double samples = number_of(subgroup, "n");
    const Cell count(grouped(static_cast<long long>(std::isnan(samples) ? 0 : samples)), samples);
    const json& metrics = list_of(subgroup, "metrics");
    for (const json& metric : metrics) {
      if (member_of(metric, "headline") != json(true)) continue;
      const double scale = scale_of(material, metric);
      const auto number = [&](const char* key) {
        return Cell(decimal(number_of(metric, key) * scale, 2), number_of(metric, key) * scale);
      };
      table.rows.push_back({outcome.name(), group, value, count, text_of(metric, "metric"), number("value"),
                            number("ci_low"), number("ci_high"), number("std")});
    }
    if (metrics.empty()) {
      table.rows.push_back({outcome.name(), group, value, count, "\u2013", Cell("\u2013"), Cell("\u2013"),
                            Cell("\u2013"), text_of(subgroup, "reason")});
    }
  }
}

void add_gaps(Table& table, std::vector<SubgroupGapRow>& rows, const Material& material, const Outcome& outcome,
              const json& result) {
  for (const json& gap : list_of(result, "subgroup_gaps")) {
    const double scale = scale_of(material, gap);
    const auto scaled = [&](const char* key) { return number_of(gap, key) * scale; };
    const std::string between = text_of(gap, "highest") + " over " + text_of(gap, "lowest");
    table.rows.push_back({outcome.name(), text_of(gap, "group"), text_of(gap, "metric"),
                          Cell(decimal(scaled("gap"), 2), scaled("gap")),
                          Cell(decimal(scaled("ci_low"), 2), scaled("ci_low")),
                          Cell(decimal(scaled("ci_high"), 2), scaled("ci_high")), between});
    if (!std::isnan(scaled("ci_low"))) {
      rows.push_back(
          {outcome.name() + ": " + between, text_of(gap, "group"), scaled("gap"), scaled("ci_low"), scaled("ci_high")});
    }
  }
}

}  // namespace

Section subgroups_section(const Material& material) {
  Section section{"subgroups", "Subgroups", {}};
  Table values, gaps;
  values.id = "subgroup-values";
  values.caption = "Headline values by subgroup";
  values.tools = true;
  values.columns = {{"Scenario"},
                    {"Group", ColumnKind::choice},
                    {"Subgroup"},
                    {"Samples", ColumnKind::number},
                    {"Metric", ColumnKind::choice},
                    {"Value", ColumnKind::number},
                    {"CI low", ColumnKind::number},
                    {"CI high", ColumnKind::number},
                    {"Std", ColumnKind::number}};
  gaps.id = "subgroup-gaps";
  gaps.caption = "The largest gap between two subgroups of each group";
  gaps.columns = {{"Scenario"},
                  {"Group"},
                  {"Metric"},
                  {"Gap", ColumnKind::number},
                  {"CI low", ColumnKind::number},
                  {"CI high", ColumnKind::number},
                  {"Between"}};
  std::vector<SubgroupGapRow> rows;
  for (std::size_t i = 0; i < material.outcomes.size(); ++i) {
    add_subgroups(values, material, material.outcomes[i], material.results[i]);
    add_gaps(gaps, rows, material, material.outcomes[i], material.results[i]);
  }
  if (values.rows.empty()) return section;
  Part part;
  if (!gaps.rows.empty()) {
    part.blocks.push_back(
        Paragraph{"The two subgroups of a gap were chosen because they are furthest apart, so that they differ by "
                  "chance alone, too: with many or small subgroups a gap whose interval excludes 0"
                  " is a reason to look, not a proof."});
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.value > b.value; });
    if (rows.size() > 40) {
      part.blocks.push_back(Paragraph{"The figure shows the 40 largest; the table has all."});
      rows.resize(40);
    }
    if (!rows.empty()) part.blocks.push_back(subgroup_plot(rows, "subgroup-gap-plot"));
    part.blocks.push_back(std::move(gaps));
  }
  part.blocks.push_back(std::move(values));
  section.parts.push_back(std::move(part));
  return section;
}

}  // namespace medvlm::report
