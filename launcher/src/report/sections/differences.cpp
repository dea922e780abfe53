// Differences between two scenarios, corrected for how many there are.
#include <algorithm>
#include <cmath>

#include "../figures/figures.hpp"
#include "../material.hpp"
#include "../text.hpp"
#include "medvlm/analysis/detectable_difference.hpp"
#include "medvlm/analysis/multiple_testing.hpp"

namespace medvlm::report {
namespace {

using namespace analysis;
using report::Cell;
using report::Table;

struct Tested {
  std::string kind, first, second, dataset;
  double value = 0;
  DifferenceInterval interval;
  double holm = NAN, false_discovery = NAN;
};

std::vector<Tested> all_differences(const TaskView& view) {
  std::vector<Tested> tested;
  for (const Question question : kQuestions) {
    if (generalist_is_tuned(question) && view.tuned().empty()) continue;
    MatchRequest request;
    request.question = question;
    request.tuned = view.tuned();
    for (const Match& match : matches(view.table(), request)) {
      const auto side = [&](const Contender& contender) {
        return contender.model + ", " + view.adapter_label(contender.adapter);
      };
      tested.push_back({std::string(question_name(question)), side(match.generalist), side(match.specialist),
                        match.dataset, match.advantage, match.interval});
    }
  }
  for (const CostOfGain& cost : view.costs()) {
    tested.push_back({"tuning", cost.model + ", " + cost.adapter, cost.model + ", off the shelf", cost.dataset,
                      cost.gain, cost.interval});
  }
  return tested;
}

void correct(std::vector<Tested>& tested) {
  std::vector<double> p_values;
  for (const Tested& one : tested) p_values.push_back(one.interval.pairing == Pairing::paired ? one.interval.p : NAN);
  const std::vector<double> by_holm = holm(p_values), by_discovery = benjamini_hochberg(p_values);
  for (std::size_t i = 0; i < tested.size(); ++i) {
    tested[i].holm = by_holm[i];
    tested[i].false_discovery = by_discovery[i];
  }
}

std::string verdict(const Tested& one, double alpha) {
  if (!(one.holm < alpha)) return "open";
  return one.value > 0 ? "better" : "worse";
}

Table difference_table(const TaskView& view, const std::vector<Tested>& tested, double alpha) {
  Table table;
  table.id = "differences-table-" + view.id();
  table.caption = view.title() + ": differences in " + view.unit() + " of " + view.table().metric().label() +
                  ", positive where the first is better";
  table.tools = true;
  table.columns = {{"Question", ColumnKind::choice},
                   {"First"},
                   {"Second"},
                   {"Dataset", ColumnKind::choice},
                   {"Difference", ColumnKind::number},
                   {"CI low", ColumnKind::number},
                   {"CI high", ColumnKind::number},
                   {"Interval", ColumnKind::choice},
                   {"p", ColumnKind::number},
                   {"p, Holm", ColumnKind::number},
                   {"q, BH", ColumnKind::number},
                   {"Verdict", ColumnKind::choice},
                   {"Detectable", ColumnKind::number}};
  for (const Tested& one : tested) {
    const auto number = [&](double value) { return Cell(view.shown_gap(value), view.scaled(value)); };
    const double detectable = detectable_difference(one.interval.std, alpha);
    const bool paired = one.interval.pairing == Pairing::paired;
    table.rows.push_back({one.kind, one.first, one.second, one.dataset, number(one.value), number(one.interval.low),
                          number(one.interval.high), std::string(pairing_name(one.interval.pairing)),
                          Cell(p_text(one.interval.p), one.interval.p), Cell(p_text(one.holm), one.holm),
                          Cell(p_text(one.false_discovery), one.false_discovery),
                          paired ? verdict(one, alpha) : "not tested",
                          Cell(view.shown(detectable), view.scaled(detectable))});
  }
  return table;
}

std::vector<Difference> drawn(const TaskView& view, const std::vector<Tested>& tested, double alpha, std::size_t most) {
  std::vector<const Tested*> order;
  for (const Tested& one : tested) {
    if (one.interval.pairing == Pairing::paired) order.push_back(&one);
  }
  if (order.size() > most) {  // the clearest ones
    std::stable_sort(order.begin(), order.end(), [](const Tested* a, const Tested* b) { return a->holm < b->holm; });
    order.resize(most);
  }
  std::stable_sort(order.begin(), order.end(), [](const Tested* a, const Tested* b) { return a->value > b->value; });
  std::vector<Difference> differences;
  for (const Tested* one : order) {
    const std::string label = one->kind == "tuning" ? one->first + " over off the shelf"
                                                    : one->first + " over " + one->second;
    differences.push_back({one->dataset + " \u00b7 " + (one->kind == "tuning" ? "" : one->kind + " \u00b7 ") + label,
                           one->kind, view.scaled(one->value), view.scaled(one->interval.low),
                           view.scaled(one->interval.high), verdict(*one, alpha)});
  }
  return differences;
}

}  // namespace

Section differences_section(const Material& material) {
  Section section{"differences", "Comparisons", {}};
  constexpr std::size_t kDrawn = 40;
  for (const TaskView& view : material.tasks) {
    std::vector<Tested> tested = all_differences(view);
    if (tested.empty()) continue;
    correct(tested);
    const double alpha = 1 - view.table().confidence();
    std::size_t paired = 0, clear = 0;
    for (const Tested& one : tested) {
      paired += one.interval.pairing == Pairing::paired ? 1 : 0;
      clear += verdict(one, alpha) != "open" ? 1 : 0;
    }
    Part part;
    part.title = view.title();
    std::string told;
    if (paired == 0) {
      told = "No comparison is paired: " +
             std::string(view.any_published() ? "published numbers come without predictions."
                                              : "the results have no rounds on the same resamples.") +
             " Intervals are made of both deviations as if they were independent, which is too wide for models on the"
             " same samples; nothing is called significant.";
    } else {
      told = std::to_string(paired) + " comparisons are paired on the same resamples; " + std::to_string(clear) +
             " of them remain after Holm's correction over all of them (at most " + decimal(100 * alpha, 0) +
             " % risk of any false claim). BH is the share of false claims to expect among those up to that line. "
             "\"Open\" is not \"equal\": \"detectable\" is"
             " the difference that would have been found in four of five such studies.";
    }
    part.blocks.push_back(Paragraph{told});
    std::vector<Difference> differences = drawn(view, tested, alpha, kDrawn);
    if (paired > kDrawn)
      part.blocks.push_back(
          Paragraph{"The figure shows the " + std::to_string(kDrawn) + " clearest; the table has all."});
    if (std::optional<Figure> figure = difference_plot(view, differences)) part.blocks.push_back(std::move(*figure));
    part.blocks.push_back(difference_table(view, tested, alpha));
    section.parts.push_back(std::move(part));
  }
  return section;
}

}  // namespace medvlm::report
