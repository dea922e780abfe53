// The three research questions as gaps per family and dataset.
#include <cmath>

#include "../figures/figures.hpp"
#include "../material.hpp"
#include "../text.hpp"

namespace medvlm::report {
namespace {

using namespace analysis;
using report::Cell;

Table gap_table(const TaskView& view) {
  Table table;
  table.id = "gaps-table-" + view.id();
  table.caption = view.title() + ": gaps in " + view.unit() + " of " + view.table().metric().label();
  table.columns = {{"Family"},
                   {"Dataset"},
                   {"Question", ColumnKind::choice},
                   {"Gap", ColumnKind::number},
                   {"CI low", ColumnKind::number},
                   {"CI high", ColumnKind::number},
                   {"Interval"},
                   {"Best against best, CI"},
                   {"Generalist"},
                   {"Specialist"}};
  for (const Gap& gap : view.gaps()) {
    const auto number = [&](double value) { return Cell(view.shown_gap(value), view.scaled(value)); };
    const auto side = [&](const Contender& contender) {
      Cell cell(contender.model + ", " + view.adapter_label(contender.adapter));
      if (contender.trained_on) cell.mark = "trained on it";
      return cell;
    };
    table.rows.push_back(
        {gap.family, gap.dataset, std::string(question_name(gap.question)), number(gap.value), number(gap.of_pair.low),
         number(gap.of_pair.high), std::string(pairing_name(gap.of_pair.pairing)),
         interval_text(gap.of_best.low, gap.of_best.high, view.scale()), side(gap.generalist), side(gap.specialist)});
  }
  return table;
}

Table summary_table(const TaskView& view) {
  Table table;
  table.id = "gap-counts-" + view.id();
  table.caption = view.title() + ": how the gaps came out";
  table.columns = {{"Question"},
                   {"Gaps", ColumnKind::number},
                   {"Generalist ahead", ColumnKind::number},
                   {"Specialist ahead", ColumnKind::number},
                   {"Paired intervals", ColumnKind::number},
                   {"of these above 0", ColumnKind::number},
                   {"below 0", ColumnKind::number},
                   {"Mean gap", ColumnKind::number},
                   {"Lowest", ColumnKind::number},
                   {"Highest", ColumnKind::number}};
  for (const Question question : kQuestions) {
    const GapSummary summary = summarise_gaps(view.gaps(), question);
    if (summary.gaps == 0) continue;
    const auto count = [](std::size_t value) { return Cell(std::to_string(value), static_cast<double>(value)); };
    const auto number = [&](double value) { return Cell(view.shown_gap(value), view.scaled(value)); };
    table.rows.push_back({std::string(question_name(question)), count(summary.gaps), count(summary.positive),
                          count(summary.negative), count(summary.with_paired_interval),
                          count(summary.significant_positive), count(summary.significant_negative),
                          number(summary.mean), number(summary.lowest), number(summary.highest)});
  }
  return table;
}

}  // namespace

Section gaps_section(const Material& material) {
  Section section{"gaps", "Gaps per family", {}};
  Part intro;
  intro.blocks.push_back(
      Paragraph{"A gap is the best generalist of a family less its best specialist on a dataset: above zero the "
                "generalist is ahead. The interval is that of these two models'"
                " difference; \"best against best\" chooses the best of each side anew in every round and so also "
                "holds for the choice."});
  std::string questions;
  for (const Question question : kQuestions) {
    questions += (questions.empty() ? "" : " ") + std::string(question_name(question)) + ": " +
                 std::string(question_text(question));
  }
  intro.blocks.push_back(Paragraph{questions});
  for (const TaskView& view : material.tasks) {
    std::optional<Figure> figure = gap_plot(view);
    if (!figure) continue;
    Part part;
    part.title = view.title();
    part.blocks.push_back(Paragraph{
        "Tuned means " +
        (view.tuned().empty() ? std::string("nothing here: no adapter trains") : view.adapter_label(view.tuned())) +
        "."});
    part.blocks.push_back(std::move(*figure));
    part.blocks.push_back(summary_table(view));
    part.blocks.push_back(gap_table(view));
    if (section.empty()) section.parts.push_back(intro);
    section.parts.push_back(std::move(part));
  }
  return section;
}

}  // namespace medvlm::report
