#include "medvlm/analysis/comparison.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "medvlm/analysis/multiple_testing.hpp"
#include "medvlm/base/error.hpp"
#include "questions.hpp"

namespace medvlm::analysis {
namespace {

/// The paper's Figure 4 leaves out a second tuned line that is nearer than this.
constexpr double kNearLines = 0.03;

/// The specialists that a question's generalists meet on a dataset. A wider set of comparators leaves the datasets as they
/// are: what changes is whom one is compared with, not how often.
std::vector<Contender> comparators_of(const ScoreTable& table, Question question, std::size_t dataset, const std::string& tuned,
                                      Comparators comparators, const std::string& family) {
  const std::string& adapter = side_adapter(table, specialist_is_tuned(question), tuned);
  auto by_domain = contenders(table, "specialist", dataset, adapter, family, specialist_domain(question));
  if (comparators == Comparators::by_domain || by_domain.empty()) return by_domain;
  return contenders(table, "specialist", dataset, adapter, family);
}

void adjust(std::vector<Match>& list) {
  std::vector<double> p;
  for (const Match& match : list) {
    p.push_back(match.interval.pairing == Pairing::paired ? match.interval.p : std::numeric_limits<double>::quiet_NaN());
  }
  const std::vector<double> adjusted = holm(p);
  for (std::size_t i = 0; i < list.size(); ++i) list[i].adjusted_p = adjusted[i];
}

}  // namespace

std::vector<ReferenceLines> reference_lines(const ScoreTable& table, const std::string& tuned, Comparators comparators,
                                            const std::string& family) {
  const std::string adapter = tuned_adapter(table, tuned);
  std::vector<ReferenceLines> lines;
  for (std::size_t dataset = 0; dataset < table.datasets().size(); ++dataset) {
    ReferenceLines line;
    line.dataset = table.datasets()[dataset].name;
    line.off_the_shelf = comparators_of(table, Question::rq1, dataset, adapter, comparators, family);
    line.tuned = comparators_of(table, Question::rq3, dataset, adapter, comparators, family);
    line.draw_second_tuned =
        line.tuned.size() > 1 && table.advantage(line.tuned[0].value, line.tuned[1].value) > kNearLines;
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<Match> matches(const ScoreTable& table, const MatchRequest& request) {
  if (request.rank != 1 && request.rank != 2) {
    throw Error(ErrorCode::internal, "matches: the rank must be 1 or 2, not " + std::to_string(request.rank));
  }
  const std::string tuned = tuned_adapter(table, request.tuned);
  const std::string& adapter = side_adapter(table, generalist_is_tuned(request.question), tuned);
  std::vector<Match> list;
  for (std::size_t dataset = 0; dataset < table.datasets().size(); ++dataset) {
    std::map<std::string, std::vector<Contender>> opponents;  // by family; "": of all
    auto generalists = contenders(table, "generalist", dataset, adapter);
    std::sort(generalists.begin(), generalists.end(), [](const Contender& a, const Contender& b) { return a.cell->model < b.cell->model; });
    for (const Contender& generalist : generalists) {
      const std::string& own_family = table.models()[generalist.cell->model].family;
      if (request.within_family && own_family.empty()) continue;
      const std::string family = request.within_family ? own_family : "";
      if (!opponents.contains(family)) {
        opponents[family] = comparators_of(table, request.question, dataset, tuned, request.comparators, family);
      }
      const auto& specialists = opponents[family];
      if (specialists.empty()) continue;
      Match match;
      match.question = request.question;
      match.dataset = table.datasets()[dataset].name;
      match.rank = request.rank;
      match.fallback = request.rank > specialists.size();
      match.generalist = generalist;
      match.specialist = specialists[match.fallback ? 0 : request.rank - 1];
      match.advantage = table.advantage(generalist.value, match.specialist.value);
      match.interval = difference_interval(table, *generalist.cell, *match.specialist.cell);
      list.push_back(std::move(match));
    }
  }
  adjust(list);
  return list;
}

WinCount count_wins(const ScoreTable& table, const MatchRequest& request) {
  WinCount count;
  count.request = request;
  const double level = 1 - table.confidence();
  for (const Match& match : matches(table, request)) {
    const DifferenceInterval& interval = match.interval;
    ++count.comparisons;
    count.wins += match.win();
    count.fallbacks += match.fallback;
    count.wins_without_fallback += match.win() && !match.fallback;
    if (interval.pairing == Pairing::unpaired) {
      count.unpaired_wins += interval.low > 0;
      count.unpaired_losses += interval.high < 0;
    }
    if (interval.pairing != Pairing::paired) continue;
    ++count.with_paired_interval;
    count.significant_wins += interval.low > 0;
    count.significant_losses += interval.high < 0;
    count.holm_wins += match.adjusted_p < level && match.advantage > 0;
    count.holm_losses += match.adjusted_p < level && match.advantage < 0;
  }
  return count;
}

std::vector<WinCount> win_counts(const ScoreTable& table, const std::string& tuned, bool within_family) {
  std::vector<WinCount> counts;
  for (const Question question : kQuestions) {
    for (const Comparators comparators : {Comparators::by_domain, Comparators::all}) {
      for (const std::size_t rank : {std::size_t{1}, std::size_t{2}}) {
        WinCount count = count_wins(table, {question, rank, tuned, comparators, within_family});
        if (count.comparisons != 0) counts.push_back(std::move(count));
      }
    }
  }
  return counts;
}

}  // namespace medvlm::analysis
