#include "medvlm/analysis/research_questions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "medvlm/analysis/paired_difference.hpp"
#include "questions.hpp"

namespace medvlm::analysis {
namespace {

/// The best contender's value in every round; empty unless all have rounds with this key.
std::vector<double> best_by_round(const ScoreTable& table, const std::vector<Contender>& side, const ResampleKey& key) {
  std::vector<double> best(key.rounds, std::numeric_limits<double>::quiet_NaN());
  for (const Contender& contender : side) {
    const CellRounds* rounds = table.rounds(*contender.cell);
    if (!rounds || !(rounds->key == key)) return {};
    for (std::size_t i = 0; i < best.size(); ++i) {
      if (std::isnan(best[i]) || table.advantage(rounds->rounds[i], best[i]) > 0) best[i] = rounds->rounds[i];
    }
  }
  return best;
}

DifferenceInterval interval_of_best(const ScoreTable& table, const std::vector<Contender>& generalists,
                                    const std::vector<Contender>& specialists, double value) {
  const CellRounds* any = table.rounds(*generalists.front().cell);
  if (!any) return {};
  std::vector<double> gaps = best_by_round(table, generalists, any->key);
  const std::vector<double> others = best_by_round(table, specialists, any->key);
  if (gaps.empty() || others.empty()) return {};
  for (std::size_t i = 0; i < gaps.size(); ++i) gaps[i] = table.advantage(gaps[i], others[i]);
  const Contrast contrast = contrast_of(value, std::move(gaps), table.confidence());
  if (contrast.interval.valid_rounds == 0) return {};
  DifferenceInterval interval;
  interval.pairing = Pairing::paired;
  interval.low = contrast.interval.low;
  interval.high = contrast.interval.high;
  interval.std = contrast.interval.std;
  interval.rounds = contrast.interval.valid_rounds;
  return interval;
}

}  // namespace

std::string_view question_name(Question question) {
  switch (question) {
    case Question::rq1: return "RQ1";
    case Question::rq2: return "RQ2";
    default: return "RQ3";
  }
}

std::string_view question_text(Question question) {
  switch (question) {
    case Question::rq1: return "Off the shelf, do generalists match specialists in the specialists' domain?";
    case Question::rq2: return "Lightly tuned, do generalists match off-the-shelf specialists in the specialists' domain?";
    default: return "Tuned alike, do generalists match specialists outside of the specialists' domain?";
  }
}

bool generalist_is_tuned(Question question) { return question != Question::rq1; }
bool specialist_is_tuned(Question question) { return question == Question::rq3; }
std::string_view specialist_domain(Question question) { return question == Question::rq3 ? "OOD" : "ID"; }

std::vector<Contender> contenders(const ScoreTable& table, const std::string& role, std::size_t dataset,
                                  const std::string& adapter, const std::string& family, std::string_view domain) {
  std::vector<Contender> list;
  const auto adapter_place = place_of_adapter(table, adapter);
  for (std::size_t model = 0; adapter_place && model < table.models().size(); ++model) {
    const ModelFacts& facts = table.models()[model];
    if (facts.role != role || (!family.empty() && facts.family != family)) continue;
    const Cell* cell = table.cell(model, dataset, *adapter_place);
    if (!cell || std::isnan(cell->value) || (!domain.empty() && cell->domain != domain)) continue;
    list.push_back({cell, facts.name, adapter, cell->value, cell->trained_on});
  }
  std::stable_sort(list.begin(), list.end(),
                   [&](const Contender& a, const Contender& b) { return table.advantage(a.value, b.value) > 0; });
  return list;
}

std::vector<Gap> research_gaps(const ScoreTable& table, const std::string& tuned) {
  const std::string adapter = tuned_adapter(table, tuned);
  std::vector<Gap> gaps;
  for (const std::string& family : table.families()) {
    for (std::size_t dataset = 0; dataset < table.datasets().size(); ++dataset) {
      for (const Question question : kQuestions) {
        const auto generalists = contenders(table, "generalist", dataset,
                                            side_adapter(table, generalist_is_tuned(question), adapter), family);
        const auto specialists = contenders(table, "specialist", dataset,
                                            side_adapter(table, specialist_is_tuned(question), adapter), family,
                                            specialist_domain(question));
        if (generalists.empty() || specialists.empty()) continue;
        Gap gap{question, family, table.datasets()[dataset].name, generalists.front(), specialists.front(),
                generalists.size(), specialists.size(), 0, {}, {}};
        gap.value = table.advantage(gap.generalist.value, gap.specialist.value);
        gap.of_pair = difference_interval(table, *gap.generalist.cell, *gap.specialist.cell);
        gap.of_best = interval_of_best(table, generalists, specialists, gap.value);
        gaps.push_back(std::move(gap));
      }
    }
  }
  return gaps;
}

GapSummary summarise_gaps(const std::vector<Gap>& gaps, Question question) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  GapSummary summary{question, 0, 0, 0, 0, 0, 0, nan, nan, nan};
  double sum = 0;
  for (const Gap& gap : gaps) {
    if (gap.question != question) continue;
    ++summary.gaps;
    summary.positive += gap.value > 0;
    summary.negative += gap.value < 0;
    summary.with_paired_interval += gap.of_pair.pairing == Pairing::paired;
    summary.significant_positive += gap.of_pair.significant() && gap.of_pair.low > 0;
    summary.significant_negative += gap.of_pair.significant() && gap.of_pair.high < 0;
    summary.lowest = std::fmin(summary.lowest, gap.value);
    summary.highest = std::fmax(summary.highest, gap.value);
    sum += gap.value;
  }
  if (summary.gaps != 0) summary.mean = sum / static_cast<double>(summary.gaps);
  return summary;
}

}  // namespace medvlm::analysis
