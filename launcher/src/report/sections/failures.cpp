// What was scored and what failed.
#include <cmath>

#include "../json_access.hpp"
#include "../material.hpp"
#include "../text.hpp"

namespace medvlm::report {
namespace {

using analysis::Outcome;
using nlohmann::json;

Cell sample_count(std::size_t value) { return {grouped(static_cast<long long>(value)), static_cast<double>(value)}; }

/// What the headline would be if every sample without a score had been right, or wrong. Only for metrics that are means
/// over samples.
std::string bounds(const Outcome& outcome, const Material& material) {
  const std::size_t lost = outcome.counts.errored + outcome.counts.missing;
  if (lost == 0 || outcome.counts.scored == 0) return "";
  for (const analysis::OutcomeValue& value : outcome.values) {
    if (!value.headline || value.metric.find("accuracy") == std::string::npos || value.name != value.metric) continue;
    const auto scored = static_cast<double>(outcome.counts.scored), all = scored + static_cast<double>(lost);
    const double right = value.interval.value * scored, scale = material.scales.at(value_label(value));
    return decimal(right / all * scale, 2) + " to " + decimal((right + static_cast<double>(lost)) / all * scale, 2);
  }
  return "";
}

Table counts_table(const Material& material) {
  Table table;
  table.id = "counts";
  table.caption = "Samples of every scenario: scored, errored, missing";
  table.tools = material.outcomes.size() > 12;
  table.columns = {{"Scenario"},
                   {"Dataset", ColumnKind::choice},
                   {"In all", ColumnKind::number},
                   {"Scored", ColumnKind::number},
                   {"Errored", ColumnKind::number},
                   {"Missing", ColumnKind::number},
                   {"Errored, %", ColumnKind::number}};
  bool any_bounds = false;
  for (const Outcome& outcome : material.outcomes) any_bounds = any_bounds || !bounds(outcome, material).empty();
  if (any_bounds) table.columns.push_back({"Accuracy if all of these were wrong or right"});
  for (const Outcome& outcome : material.outcomes) {
    if (outcome.published && outcome.counts.total == 0) continue;
    const auto& counts = outcome.counts;
    const double share = counts.total == 0
                             ? NAN
                             : 100.0 * static_cast<double>(counts.errored) / static_cast<double>(counts.total);
    table.rows.push_back({outcome.name(), outcome.dataset.name, sample_count(counts.total), sample_count(counts.scored),
                          sample_count(counts.errored), sample_count(counts.missing), Cell(decimal(share, 2), share)});
    if (any_bounds) table.rows.back().push_back(bounds(outcome, material));
  }
  return table;
}

Table errors_table(const Material& material) {
  Table table;
  table.id = "errors";
  table.caption = "The first failures of every scenario";
  table.tools = true;
  table.columns = {{"Scenario"}, {"Sample"}, {"Stage", ColumnKind::choice}, {"Kind", ColumnKind::choice}, {"Message"}};
  for (std::size_t i = 0; i < material.outcomes.size(); ++i) {
    for (const json& error : list_of(member_of(material.results[i], "errors"), "first")) {
      table.rows.push_back({material.outcomes[i].name(), text_of(error, "id"), text_of(error, "stage"),
                            text_of(error, "code"), text_of(error, "message")});
    }
  }
  return table;
}

Table unfinished_table(const Material& material) {
  Table table;
  table.id = "unfinished";
  table.caption = "Scenarios of the studies without a result";
  table.columns = {{"Study"}, {"Scenario"}, {"State", ColumnKind::choice}, {"Message"}};
  for (const Unfinished& scenario : material.unfinished)
    table.rows.push_back({scenario.study, scenario.name, scenario.state, scenario.message});
  return table;
}

}  // namespace

Section failures_section(const Material& material) {
  Section section{"failures", "What failed", {}};
  std::size_t total = 0, errored = 0, missing = 0, published = 0;
  for (const Outcome& outcome : material.outcomes) {
    total += outcome.counts.total;
    errored += outcome.counts.errored;
    missing += outcome.counts.missing;
    published += outcome.published ? 1 : 0;
  }
  Part part;
  std::string told = "Of " + grouped(static_cast<long long>(total)) + " predictions in " +
                     std::to_string(material.outcomes.size() - published) + " computed scenarios, " +
                     grouped(static_cast<long long>(errored)) + " failed and " +
                     grouped(static_cast<long long>(missing)) +
                     " are missing. A failed sample is in no metric: it counts neither as right nor as wrong.";
  if (!material.unfinished.empty())
    told += " " + std::to_string(material.unfinished.size()) + " scenarios of the studies have no result.";
  if (published > 0)
    told += " " + std::to_string(published) +
            " scenarios are published numbers without predictions, of which this cannot be told.";
  part.blocks.push_back(Paragraph{told});
  for (Table& table : std::vector<Table>{unfinished_table(material), counts_table(material), errors_table(material)}) {
    if (!table.rows.empty()) part.blocks.push_back(std::move(table));
  }
  section.parts.push_back(std::move(part));
  return section;
}

}  // namespace medvlm::report
