// Words for the numbers. Every sentence is made of what the table holds: where something is missing, it says what.
#include "medvlm/analysis/findings.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

#include "medvlm/analysis/comparison.hpp"
#include "medvlm/analysis/research_questions.hpp"
#include "questions.hpp"

namespace medvlm::analysis {
namespace {

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string signed_points(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%+.1f", points(share));
  return std::string(text) == "-0.0" ? "+0.0" : text;
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%g %%", points(share));
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return text;
}

/// "Off the shelf" or "Tuned with linear_probe".
std::string generalists_way(Question question, const std::string& tuned) {
  return generalist_is_tuned(question) ? "Tuned with " + tuned : "Off the shelf";
}

std::string specialists_way(Question question) {
  return specialist_is_tuned(question) ? "equally tuned out-of-domain (OOD) specialist" : "in-domain (ID) specialist off the shelf";
}

std::string verdict(const WinCount& count) {
  if (count.wins == 0) return "generalists are never ahead of";
  if (count.wins == count.comparisons) return "generalists are always ahead of";
  if (2 * count.wins == count.comparisons) return "generalists are ahead half of the time of";
  return 2 * count.wins < count.comparisons ? "generalists are mostly not ahead of" : "generalists are mostly ahead of";
}

/// How much of the wins and losses is more than chance.
std::string certainty(const ScoreTable& table, const WinCount& count) {
  const std::string level = percent(table.confidence());
  if (count.with_paired_interval == 0) {
    if (count.unpaired_wins + count.unpaired_losses == 0) {
      return "no " + level + " interval of a difference excludes 0, or none is there";
    }
    return "there are no paired intervals; unpaired " + level + " ones exclude 0 for " +
           counted(count.unpaired_wins, "win") + " and " + std::to_string(count.unpaired_losses) + " of the rest";
  }
  const std::string of = count.with_paired_interval == count.comparisons
                             ? ""
                             : "of the " + std::to_string(count.with_paired_interval) + " with a paired interval ";
  if (count.significant_wins + count.significant_losses == 0) {
    return of + "no paired " + level + " interval of a difference excludes 0";
  }
  return of + counted(count.significant_wins, "win") + " and " + std::to_string(count.significant_losses) +
         " of the rest have a paired " + level + " interval that excludes 0, and " + std::to_string(count.holm_wins) +
         " and " + std::to_string(count.holm_losses) +
         " survive Holm's correction for " + counted(count.with_paired_interval, "comparison");
}

/// " (paired 95 % interval -8.7 to -3.1)", or what there is instead.
std::string interval_clause(const ScoreTable& table, const DifferenceInterval& interval) {
  if (interval.pairing == Pairing::none) return "";
  return " (" + std::string(pairing_name(interval.pairing)) + " " + percent(table.confidence()) + " interval " +
         signed_points(interval.low) + " to " + signed_points(interval.high) + ")";
}

std::string gaps_clause(const ScoreTable& table, const std::vector<Gap>& gaps, Question question) {
  const GapSummary summary = summarise_gaps(gaps, question);
  if (summary.gaps == 0) return "no family has models on both sides";
  std::set<std::string> families;
  const Gap* only = nullptr;
  for (const Gap& gap : gaps) {
    if (gap.question != question) continue;
    families.insert(gap.family);
    only = &gap;
  }
  if (summary.gaps == 1) {
    return "in the one family with models on both sides the gap of the best is " + signed_points(only->value) + " points" +
           interval_clause(table, only->of_pair);
  }
  const std::string where = families.size() == 1 ? "the one family" : std::to_string(families.size()) + " families";
  std::string clause = "the gap of the best within " + where + " runs from " + signed_points(summary.lowest) + " to " +
                       signed_points(summary.highest) + " points (mean " + signed_points(summary.mean) + ", above 0 in " +
                       std::to_string(summary.positive) + " of " + std::to_string(summary.gaps);
  if (summary.with_paired_interval != 0) {
    clause += "; the paired interval is above 0 in " + std::to_string(summary.significant_positive) + " and below in " +
              std::to_string(summary.significant_negative);
  }
  return clause + ")";
}

bool any_cell(const ScoreTable& table, const std::string& role, const std::string& adapter, std::string_view domain = "") {
  for (std::size_t dataset = 0; dataset < table.datasets().size(); ++dataset) {
    if (!contenders(table, role, dataset, adapter, "", domain).empty()) return true;
  }
  return false;
}

/// Why a question has no comparisons.
std::string obstacle(const ScoreTable& table, Question question, const std::string& tuned) {
  const auto has_role = [&](const std::string& role) {
    return std::any_of(table.models().begin(), table.models().end(), [&](const ModelFacts& model) { return model.role == role; });
  };
  if (!has_role("generalist") && !has_role("specialist")) return "no model is marked as generalist or specialist (key role of [[models]])";
  if (!has_role("generalist")) return "no generalist was evaluated";
  if (!has_role("specialist")) return "no specialist was evaluated";
  if (generalist_is_tuned(question) && tuned.empty()) return "nothing was tuned";
  if (!specialist_is_tuned(question) && table.off_the_shelf().empty()) return "nothing was evaluated off the shelf";
  const std::string& adapter = side_adapter(table, generalist_is_tuned(question), tuned);
  if (!any_cell(table, "generalist", adapter)) return "no generalist was evaluated with " + adapter;
  const std::string& other = side_adapter(table, specialist_is_tuned(question), tuned);
  const std::string domain(specialist_domain(question));
  if (!any_cell(table, "specialist", other, domain)) {
    if (any_cell(table, "specialist", other, "-")) {
      return "it is not known where specialists are in their domain (the datasets' modality is missing)";
    }
    return "no specialist was evaluated with " + other + (domain == "ID" ? " in its domain (ID)" : " outside of its domain (OOD)");
  }
  return "generalists and specialists were evaluated on different datasets";
}

/// A study with one comparison can name both.
std::string single_sentence(const ScoreTable& table, const Match& match, const std::string& head) {
  return head + "the generalist '" + match.generalist.model + "' is " + (match.win() ? "" : "not ") + "ahead of the " +
         specialists_way(match.question) + ", '" + match.specialist.model + "': " + signed_points(match.advantage) + " points of " +
         table.metric().label() + " on " + match.dataset +
         (match.interval.pairing == Pairing::none ? " (there is no interval of the difference)"
                                                  : interval_clause(table, match.interval)) +
         "; it is the only comparison.";
}

std::string sentence(const ScoreTable& table, Question question, const std::string& tuned, const std::vector<Gap>& gaps) {
  std::string head = std::string(question_name(question)) + ": ";
  const MatchRequest request{question, 1, tuned, Comparators::by_domain, false};
  const WinCount count = count_wins(table, request);
  if (count.comparisons == 0) return head + "cannot be answered, because " + obstacle(table, question, tuned) + ".";
  head += generalists_way(question, tuned) + ", ";
  const auto list = matches(table, request);
  if (list.size() == 1) return single_sentence(table, list.front(), head);
  std::set<std::string> datasets;
  for (const Match& match : list) datasets.insert(match.dataset);
  return head + verdict(count) + " the best " + specialists_way(question) + ": by point values of " + table.metric().label() +
         " they are ahead in " + std::to_string(count.wins) + " of " + counted(count.comparisons, "comparison") + " on " +
         counted(datasets.size(), "dataset") + " (" + certainty(table, count) + "), and " + gaps_clause(table, gaps, question) + ".";
}

/// The same counts by other rules: how much the answer depends on them.
void note_other_rules(const ScoreTable& table, Question question, const std::string& tuned, std::vector<std::string>& notes) {
  const WinCount first = count_wins(table, {question, 1, tuned, Comparators::by_domain, false});
  if (first.comparisons == 0) return;
  const WinCount second = count_wins(table, {question, 2, tuned, Comparators::by_domain, false});
  const WinCount all = count_wins(table, {question, 1, tuned, Comparators::all, false});
  std::string note = std::string(question_name(question)) + " by other rules: ";
  if (second.fallbacks != second.comparisons) {
    note += "against the second-best specialist ahead in " + std::to_string(second.wins) + " of " + std::to_string(second.comparisons);
    if (second.fallbacks != 0) {
      note += " (in " + std::to_string(second.fallbacks) + " of them there is but one, so the best was taken; without them " +
              std::to_string(second.wins_without_fallback) + " of " + std::to_string(second.comparisons - second.fallbacks) + ")";
    }
    note += "; ";
  }
  notes.push_back(note + "against the best of all specialists, whatever their domain, ahead in " + std::to_string(all.wins) + " of " +
                  std::to_string(all.comparisons) + ".");
}

/// What a comparison of this size could have found, and whether the rounds are enough for Holm's correction.
void note_power(const ScoreTable& table, Question question, const std::string& tuned, std::vector<std::string>& notes) {
  std::vector<double> detectable;
  std::size_t rounds = 0;
  for (const Match& match : matches(table, {question, 1, tuned, Comparators::by_domain, false})) {
    if (match.interval.pairing != Pairing::paired) continue;
    detectable.push_back(match.interval.detectable);
    rounds = std::max(rounds, match.interval.rounds);
  }
  if (detectable.empty()) return;
  std::string note = std::string(question_name(question)) + ": " +
                     (detectable.size() == 1 ? "the comparison" : "the middle one of the comparisons") +
                     " would find a true difference of " +
                     signed_points(percentile(detectable, 0.5)).substr(1) +
                     " points with 80 % probability, smaller ones less often: no significant difference does not mean none.";
  const double smallest = 2.0 * static_cast<double>(detectable.size()) / (1.0 + static_cast<double>(rounds));
  if (smallest >= 1 - table.confidence()) {
    note += " With " + std::to_string(rounds) + " bootstrap rounds none of " + std::to_string(detectable.size()) +
            " comparisons can survive Holm's correction: set bootstrap.rounds to at least " +
            std::to_string(static_cast<long long>(std::ceil(2.0 * static_cast<double>(detectable.size()) / (1 - table.confidence())))) +
            " and run with --rescore.";
  }
  notes.push_back(note);
}

/// Whether somewhere the best of several was taken.
bool any_choice(const ScoreTable& table, const std::string& tuned) {
  for (const ReferenceLines& line : reference_lines(table, tuned)) {
    if (line.off_the_shelf.size() > 1 || line.tuned.size() > 1) return true;
  }
  for (const Gap& gap : research_gaps(table, tuned)) {
    if (gap.generalists > 1) return true;
  }
  return false;
}

void note_sources(const ScoreTable& table, std::vector<std::string>& notes) {
  const auto published = static_cast<std::size_t>(
      std::count_if(table.cells().begin(), table.cells().end(), [](const Cell& cell) { return cell.published; }));
  if (published == 0) return;
  notes.push_back((published == table.cells().size() ? "All numbers are" : counted(published, "cell") + " of " +
                   std::to_string(table.cells().size()) + " hold") +
                  " published ones: without predictions there is no paired test, and an unpaired interval, which takes two models "
                  "on one test set for independent, is too wide.");
}

/// Whether the luck of a training is known.
void note_seeds(const ScoreTable& table, const std::string& tuned, std::vector<std::string>& notes) {
  double widest = 0;
  std::size_t single = 0, several = 0;
  for (const Cell& cell : table.cells()) {
    if (cell.published || table.adapters()[cell.adapter].name != tuned) continue;
    ++(cell.outcomes.size() > 1 ? several : single);
    if (cell.outcomes.size() > 1) widest = std::fmax(widest, cell.seed_std);
  }
  if (several != 0) {
    notes.push_back("Values with " + tuned + " are means over seeds, between which they deviate by up to " +
                    signed_points(widest).substr(1) +
                    " points; intervals of differences are about the test samples alone.");
  } else if (single != 0) {
    notes.push_back("Values with " + tuned + " are of one training each: how far another seed would move them is not known.");
  }
}

void note_mixtures(const ScoreTable& table, std::vector<std::string>& notes) {
  std::vector<std::string> pairs;
  for (const Cell& cell : table.cells()) {
    if (!cell.trained_on) continue;
    const std::string pair = table.models()[cell.model].name + " on " + table.datasets()[cell.dataset].name;
    if (std::find(pairs.begin(), pairs.end(), pair) == pairs.end()) pairs.push_back(pair);
  }
  if (!pairs.empty()) notes.push_back("Known to have been trained on data of that dataset: " + joined(pairs) + ".");
}

}  // namespace

Findings findings(const ScoreTable& table, const std::string& tuned) {
  const std::string adapter = tuned_adapter(table, tuned);
  const std::vector<Gap> gaps = research_gaps(table, adapter);
  Findings found;
  for (const Question question : kQuestions) {
    found.sentences.push_back(sentence(table, question, adapter, gaps));
    note_other_rules(table, question, adapter, found.notes);
    note_power(table, question, adapter, found.notes);
  }
  if (any_choice(table, adapter)) {
    found.notes.push_back("The best of several models was chosen by the numbers that are compared: chance favours the side with more "
                          "candidates, and the intervals of a pair do not know of the choice.");
  }
  note_sources(table, found.notes);
  note_seeds(table, adapter, found.notes);
  note_mixtures(table, found.notes);
  found.notes.insert(found.notes.end(), table.notes().begin(), table.notes().end());
  return found;
}

}  // namespace medvlm::analysis
