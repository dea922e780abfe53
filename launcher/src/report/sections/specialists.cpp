// Generalists against the best and second-best specialist of each dataset, and how often they win.
#include "../figures/figures.hpp"
#include "../material.hpp"
#include "../text.hpp"

namespace medvlm::report {
namespace {

using namespace analysis;
using report::Cell;

Cell counted(std::size_t value) { return {std::to_string(value), static_cast<double>(value)}; }

Table win_table(const TaskView& view) {
  Table table;
  table.id = "wins-" + view.id();
  table.caption = view.title() + ": how often generalists beat specialists";
  table.columns = {{"Question"}, {"Against"}, {"Specialists"}, {"Comparisons", ColumnKind::number}, {"Wins", ColumnKind::number},
                   {"without fallback"}, {"Wins, paired CI above 0", ColumnKind::number}, {"Losses, paired CI below 0", ColumnKind::number},
                   {"Wins after Holm", ColumnKind::number}, {"Losses after Holm", ColumnKind::number},
                   {"Wins, unpaired CI", ColumnKind::number}, {"Losses, unpaired CI", ColumnKind::number}};
  for (const WinCount& wins : win_counts(view.table(), view.tuned())) {
    const MatchRequest& request = wins.request;
    table.rows.push_back({std::string(question_name(request.question)), request.rank == 1 ? "best" : "second best",
                          request.comparators == Comparators::all ? "all" : request.question == Question::rq3 ? "out of domain" : "in domain",
                          counted(wins.comparisons), counted(wins.wins),
                          std::to_string(wins.wins_without_fallback) + " of " + std::to_string(wins.comparisons - wins.fallbacks),
                          counted(wins.significant_wins), counted(wins.significant_losses), counted(wins.holm_wins), counted(wins.holm_losses),
                          counted(wins.unpaired_wins), counted(wins.unpaired_losses)});
  }
  return table;
}

}  // namespace

Section specialists_section(const Material& material) {
  Section section{"specialists", "Generalists against the best specialists", {}};
  for (const TaskView& view : material.tasks) {
    std::vector<Figure> figures = specialist_bars(view);
    if (figures.empty()) continue;
    Part part;
    part.title = view.title();
    part.blocks.push_back(Paragraph{
        "Bars are generalists, off the shelf and tuned; lines are the best (solid) and second-best (dashed) specialists. The second tuned line is drawn only where it is more than 3 points"
        " below the first. A win compares two point values and ignores intervals; the columns with intervals are the strict counts. Where a dataset has only one"
        " specialist, the comparison with the second best falls back on it."});
    for (Figure& figure : figures) part.blocks.push_back(std::move(figure));
    Table wins = win_table(view);
    if (!wins.rows.empty()) part.blocks.push_back(std::move(wins));
    section.parts.push_back(std::move(part));
  }
  return section;
}

}  // namespace medvlm::report
