// All results: the heat maps, and every headline value as a table that can be searched.
#include "../figures/figures.hpp"
#include "../material.hpp"
#include "../text.hpp"

namespace medvlm::report {
namespace {

Table headline_table(const TaskView& view) {
  Table table;
  table.id = "results-" + view.id();
  table.caption = view.title() + ": " + view.axis_title() + " of every scenario";
  table.tools = true;
  table.columns = {{"Model"},
                   {"Family", ColumnKind::choice},
                   {"Role", ColumnKind::choice},
                   {"Dataset", ColumnKind::choice},
                   {"Method", ColumnKind::choice},
                   {"Domain", ColumnKind::choice},
                   {"Value", ColumnKind::number},
                   {"CI low", ColumnKind::number},
                   {"CI high", ColumnKind::number},
                   {"Std", ColumnKind::number}};
  const auto& scores = view.table();
  for (const analysis::Cell& cell : scores.cells()) {
    const auto& model = scores.models()[cell.model];
    const auto number = [&](double value) { return Cell(view.shown(value), view.scaled(value)); };
    Cell name(model.name);
    if (cell.trained_on) name.mark = "trained on it";
    Cell value = number(cell.value);
    if (cell.published) value.mark = "published";
    table.rows.push_back({name, model.family, model.role, scores.datasets()[cell.dataset].name,
                          view.adapter_label(scores.adapters()[cell.adapter].name),
                          cell.domain == "-" ? "" : cell.domain, value, number(cell.interval.low),
                          number(cell.interval.high), number(cell.interval.std)});
  }
  return table;
}

}  // namespace

Section results_section(const Material& material) {
  Section section{"results", "All results", {}};
  for (const TaskView& view : material.tasks) {
    Part part;
    part.title = view.title();
    part.blocks.push_back(heat_map(view));
    for (const std::string& note : view.table().notes()) part.blocks.push_back(Paragraph{note});
    section.parts.push_back(std::move(part));
    Part values;
    values.title = view.title() + ": all values as a table";
    values.blocks.push_back(headline_table(view));
    section.parts.push_back(std::move(values));
  }
  return section;
}

}  // namespace medvlm::report
