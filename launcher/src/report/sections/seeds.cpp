// How far trainings with different seeds spread.
#include <cmath>

#include "../figures/figures.hpp"
#include "../material.hpp"
#include "../text.hpp"
#include "medvlm/analysis/seed_variance.hpp"

namespace medvlm::report {
namespace {

using namespace analysis;
using report::Table;

struct Spread {
  std::string label;
  const analysis::Cell* cell = nullptr;
  std::vector<double> values;
  SeedSummary summary;
};

/// The rounds of every seed, or nothing if one has none or their resamples differ.
std::vector<std::vector<double>> seed_rounds(const TaskView& view, const analysis::Cell& cell) {
  std::vector<std::vector<double>> rounds;
  std::optional<ResampleKey> key;
  for (const Outcome* outcome : cell.outcomes) {
    const auto file = outcome->folder / "rounds.bin";
    if (!std::filesystem::exists(file)) return {};
    const RoundsFile all = read_rounds(file);
    const ValueRounds* own = all.find(view.table().metric().metric, view.table().metric().name);
    if (!own || (key && !(*key == all.key))) return {};
    key = all.key;
    rounds.push_back(own->rounds);
  }
  return rounds;
}

std::vector<Spread> spreads(const TaskView& view) {
  std::vector<Spread> result;
  for (const analysis::Cell& cell : view.table().cells()) {
    if (cell.outcomes.size() < 2) continue;
    Spread spread;
    spread.label = view.table().models()[cell.model].name + " / " + view.table().datasets()[cell.dataset].name + " / " +
                   view.table().adapters()[cell.adapter].name;
    spread.cell = &cell;
    for (const Outcome* outcome : cell.outcomes) {
      const OutcomeValue* value = outcome->find(view.table().metric().metric, view.table().metric().name);
      spread.values.push_back(value ? value->interval.value : NAN);
    }
    const auto rounds = seed_rounds(view, cell);
    if (!rounds.empty()) spread.summary = summarise_seeds(spread.values, rounds, view.table().confidence());
    result.push_back(std::move(spread));
  }
  return result;
}

}  // namespace

Section seeds_section(const Material& material) {
  Section section{"seeds", "Seeds", {}};
  for (const TaskView& view : material.tasks) {
    const std::vector<Spread> all = spreads(view);
    if (all.empty()) continue;
    Table table;
    table.id = "seeds-table-" + view.id();
    table.caption = view.title() + ": spread of " + view.axis_title() + " over training seeds";
    table.columns = {{"Scenario"},
                     {"Seeds", ColumnKind::number},
                     {"Mean", ColumnKind::number},
                     {"Std between seeds", ColumnKind::number},
                     {"Std from the test set", ColumnKind::number},
                     {"CI, seeds and test set"}};
    std::vector<SeedRow> rows;
    for (const Spread& spread : all) {
      const bool known = spread.summary.seeds > 0;
      const double test = known ? std::sqrt(spread.summary.test_variance) : NAN;
      table.rows.push_back(
          {spread.label, Cell(std::to_string(spread.values.size()), static_cast<double>(spread.values.size())),
           Cell(view.shown(spread.cell->value), view.scaled(spread.cell->value)),
           Cell(view.shown(spread.cell->seed_std), view.scaled(spread.cell->seed_std)),
           Cell(view.shown(test), view.scaled(test)),
           known ? interval_text(spread.summary.low, spread.summary.high, view.scale()) : std::string("\u2013")});
      for (std::size_t i = 0; i < spread.values.size(); ++i) {
        const auto& seed = spread.cell->outcomes[i]->adapter.seed;
        rows.push_back({spread.label, seed ? std::to_string(*seed) : "", spread.values[i]});
      }
    }
    Part part;
    part.title = view.title();
    part.blocks.push_back(seed_plot(view, rows));
    part.blocks.push_back(std::move(table));
    section.parts.push_back(std::move(part));
  }
  return section;
}

}  // namespace medvlm::report
