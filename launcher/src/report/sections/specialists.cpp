// Generalists against the best and second-best specialist of each dataset, and how often they win.
#include <algorithm>

#include "../figures/figures.hpp"
#include "../material.hpp"
#include "../text.hpp"

namespace medvlm::report {
namespace {

using namespace analysis;
using report::Cell;

Cell counted(std::size_t value) { return {std::to_string(value), static_cast<double>(value)}; }

Table win_table(const TaskView& view) {
  const std::vector<WinCount> counts = win_counts(view.table(), view.tuned());
  const auto any = [&](auto fits) { return std::any_of(counts.begin(), counts.end(), fits); };
  const bool paired = any([](const WinCount& wins) { return wins.with_paired_interval > 0; });
  const bool unpaired = any([](const WinCount& wins) { return wins.with_paired_interval < wins.comparisons; });
  Table table;
  table.id = "wins-" + view.id();
  table.caption = view.title() + ": how often generalists beat specialists";
  table.columns = {{"Question"},
                   {"Against"},
                   {"Specialists"},
                   {"Comparisons", ColumnKind::number},
                   {"Wins", ColumnKind::number},
                   {"Without fallback"}};
  if (paired) {
    for (const char* title : {"Wins, paired CI", "Losses, paired CI", "Wins, Holm", "Losses, Holm"})
      table.columns.push_back({title, ColumnKind::number});
  }
  if (unpaired) {
    for (const char* title : {"Wins, unpaired CI", "Losses, unpaired CI"})
      table.columns.push_back({title, ColumnKind::number});
  }
  for (const WinCount& wins : counts) {
    const MatchRequest& request = wins.request;
    std::vector<Cell> row = {
        std::string(question_name(request.question)),
        request.rank == 1 ? "best" : "second",
        request.comparators == Comparators::all ? "all"
        : request.question == Question::rq3     ? "OOD"
                                                : "ID",
        counted(wins.comparisons),
        counted(wins.wins),
        std::to_string(wins.wins_without_fallback) + " of " + std::to_string(wins.comparisons - wins.fallbacks)};
    if (paired) {
      for (const std::size_t number :
           {wins.significant_wins, wins.significant_losses, wins.holm_wins, wins.holm_losses})
        row.push_back(counted(number));
    }
    if (unpaired) {
      for (const std::size_t number : {wins.unpaired_wins, wins.unpaired_losses}) row.push_back(counted(number));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

Section specialists_section(const Material& material) {
  Section section{"specialists", "Generalists against the best specialists", {}};
  for (const TaskView& view : material.tasks) {
    std::vector<Figure> figures = specialist_bars(view);
    if (figures.empty()) continue;
    if (section.empty()) {
      Part intro;
      intro.blocks.push_back(Paragraph{
          "Bars are generalists, off the shelf and tuned; lines are the best (solid) and second-best (dashed) "
          "specialists. The second tuned line is drawn only where it is more than 3 points"
          " below the first. A win compares two point values and ignores intervals; strict counts take only those whose"
          " interval of the difference excludes 0, or that remain after Holm's correction. Where a dataset has only one"
          " specialist, the comparison with the second best falls back on it."});
      section.parts.push_back(std::move(intro));
    }
    Part part;
    part.title = view.title();
    for (Figure& figure : figures) part.blocks.push_back(std::move(figure));
    Table wins = win_table(view);
    if (!wins.rows.empty()) part.blocks.push_back(std::move(wins));
    section.parts.push_back(std::move(part));
  }
  return section;
}

}  // namespace medvlm::report
