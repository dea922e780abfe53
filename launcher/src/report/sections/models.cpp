// One table per model with every value, in the layout of the paper's appendix.
#include <algorithm>

#include "../material.hpp"
#include "../text.hpp"

namespace medvlm::report {

std::string value_label(const analysis::OutcomeValue& value) {
  return value.name.rfind(value.metric, 0) == 0 ? value.name : value.metric + "/" + value.name;
}

namespace {

using analysis::Outcome;

void add_rows(Table& table, const Outcome& outcome, const std::map<std::string, double>& scales) {
  for (const analysis::OutcomeValue& value : outcome.values) {
    const std::string label = value_label(value);
    const double scale = scales.at(label);
    const auto number = [&](double number) { return Cell(decimal(number * scale, 2), number * scale); };
    Cell shown = number(value.interval.value);
    if (outcome.published) shown.mark = "published";
    std::string method = outcome.adapter.name;
    if (outcome.adapter.seed) method += ", seed " + std::to_string(*outcome.adapter.seed);
    table.rows.push_back({outcome.dataset.name, method, outcome.domain == "-" ? "" : outcome.domain, label, shown,
                          number(value.interval.low), number(value.interval.high), number(value.interval.std),
                          outcome.published && outcome.counts.scored == 0
                              ? Cell("\u2013")
                              : Cell(grouped(static_cast<long long>(outcome.counts.scored)),
                                     static_cast<double>(outcome.counts.scored))});
  }
}

}  // namespace

Section models_section(const Material& material) {
  Section section{"models", "Models: every value", {}};
  std::vector<std::string> order;
  for (const Outcome& outcome : material.outcomes) {
    if (std::find(order.begin(), order.end(), outcome.model.name) == order.end()) order.push_back(outcome.model.name);
  }
  for (const std::string& model : order) {
    Table table;
    table.id = "model-" + slug(model);
    table.columns = {{"Dataset", ColumnKind::choice}, {"Method", ColumnKind::choice}, {"Domain"},
                     {"Metric", ColumnKind::choice},  {"Value", ColumnKind::number},  {"CI low", ColumnKind::number},
                     {"CI high", ColumnKind::number}, {"Std", ColumnKind::number},    {"Scored", ColumnKind::number}};
    std::string facts;
    for (const Outcome& outcome : material.outcomes) {
      if (outcome.model.name != model) continue;
      add_rows(table, outcome, material.scales);
      if (!facts.empty()) continue;
      facts = outcome.model.family;
      if (!outcome.model.role.empty()) facts += (facts.empty() ? "" : ", ") + outcome.model.role;
      if (outcome.model.parameters > 0)
        facts += ", " + amount(static_cast<double>(outcome.model.parameters)) + " parameters";
    }
    table.caption = facts.empty() ? model : model + " (" + facts + ")";
    table.tools = table.rows.size() > 12;
    Part part;
    part.title = model;
    part.folded = true;
    part.blocks.push_back(std::move(table));
    section.parts.push_back(std::move(part));
  }
  return section;
}

}  // namespace medvlm::report
