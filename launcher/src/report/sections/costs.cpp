// What tuning cost and gained.
#include <cmath>

#include "../figures/figures.hpp"
#include "../material.hpp"
#include "../text.hpp"

namespace medvlm::report {
namespace {

using namespace analysis;
using report::Cell;

Table cost_table(const TaskView& view) {
  Table table;
  table.id = "costs-" + view.id();
  table.caption = view.title() + ": cost of tuning and gain over off the shelf";
  table.tools = true;
  table.columns = {{"Model"},
                   {"Role", ColumnKind::choice},
                   {"Dataset", ColumnKind::choice},
                   {"Method", ColumnKind::choice},
                   {"Gain", ColumnKind::number},
                   {"CI"},
                   {"Parameters updated", ColumnKind::number},
                   {"Training", ColumnKind::number},
                   {"Device"},
                   {"Kept on disk", ColumnKind::number},
                   {"Parameters per point", ColumnKind::number},
                   {"Seconds per point", ColumnKind::number},
                   {"Best specialist"},
                   {"Ahead of it", ColumnKind::number},
                   {"Its parameters", ColumnKind::number},
                   {"Updated share of these", ColumnKind::number}};
  for (const CostOfGain& cost : view.costs()) {
    const auto parameters = static_cast<double>(cost.trained_parameters);
    const bool specialist = cost.specialist.cell != nullptr;
    const auto size = static_cast<double>(cost.specialist_parameters);
    table.rows.push_back(
        {cost.model, cost.role, cost.dataset, cost.adapter, Cell(view.shown_gap(cost.gain), view.scaled(cost.gain)),
         interval_text(cost.interval.low, cost.interval.high, view.scale()), Cell(amount(parameters), parameters),
         Cell(duration(cost.training_seconds), cost.training_seconds), cost.device,
         Cell(bytes_text(static_cast<double>(cost.stored_bytes)), static_cast<double>(cost.stored_bytes)),
         Cell(amount(cost.parameters_per_point), cost.parameters_per_point),
         Cell(duration(cost.training_seconds_per_point), cost.training_seconds_per_point),
         specialist ? cost.specialist.model : "",
         Cell(view.shown_gap(specialist ? cost.advantage : NAN), view.scaled(cost.advantage)), Cell(amount(size), size),
         Cell(std::isnan(cost.share_of_specialist) || cost.share_of_specialist == 0
                  ? "\u2013"
                  : decimal(100 * cost.share_of_specialist, 3) + " %",
              cost.share_of_specialist)});
  }
  return table;
}

}  // namespace

Section costs_section(const Material& material) {
  Section section{"costs", "Cost against gain", {}};
  for (const TaskView& view : material.tasks) {
    if (view.costs().empty()) continue;
    Part part;
    part.title = view.title();
    std::optional<Figure> parameters = parameters_against_gain(view), seconds = seconds_against_gain(view);
    if (!parameters && !seconds) {
      part.blocks.push_back(Paragraph{"The cost of tuning is not known for these results" +
                                      std::string(view.any_published() ? ": published tables do not tell it." : ".") +
                                      " The gains follow."});
    }
    if (parameters) part.blocks.push_back(std::move(*parameters));
    if (seconds) part.blocks.push_back(std::move(*seconds));
    part.blocks.push_back(cost_table(view));
    section.parts.push_back(std::move(part));
  }
  return section;
}

}  // namespace medvlm::report
