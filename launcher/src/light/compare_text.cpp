// Comparisons as text for the terminal.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "compare.hpp"
#include "medvlm/analysis/multiple_testing.hpp"

namespace medvlm::launcher {
namespace {

using analysis::ScenarioComparison;
using analysis::TestKind;
using analysis::ValueComparison;
using Row = std::vector<std::string>;

std::string decimals(double number, const char* format = "%.4f") {
  if (std::isnan(number)) return "-";
  char text[64];
  std::snprintf(text, sizeof text, format, number);
  return text;
}

std::string p_text(double p) { return p < 0.0001 ? "<0.0001" : decimals(p); }

std::string interval_text(double low, double high) {
  if (std::isnan(low)) return "-";
  return "[" + decimals(low, "%+.4f") + ", " + decimals(high, "%+.4f") + "]";
}

std::string percent(double share) { return decimals(100 * share, "%.10g") + " %"; }

std::string table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows[0].size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += row[i] + std::string(widths[i] + 2 - row[i].size(), ' ');
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string over_clusters(const ScenarioComparison& comparison) {
  return comparison.cluster.empty() ? "" : ", by " + comparison.cluster;
}

std::string mcnemar_text(const ScenarioComparison& comparison, const ValueComparison& value) {
  const auto& test = *value.mcnemar;
  const std::string counts = "A alone is right on " + std::to_string(test.first_only) + ", B alone on " +
                             std::to_string(test.second_only);
  if (value.clustered_mcnemar) return "McNemar" + over_clusters(comparison) + ": " + counts;
  return "McNemar (mid-p): " + counts + "; exact p " + p_text(test.exact_p) + ", corrected chi-square p " +
         p_text(test.corrected_p);
}

/// One row for each test of a value; the first has the values.
void add_rows(std::vector<Row>& rows, const ScenarioComparison& comparison, const ValueComparison& value) {
  const std::size_t begin = rows.size();
  if (value.paired) {
    const auto& interval = value.paired->interval;
    std::string test = "bootstrap" + over_clusters(comparison);
    if (comparison.key && interval.valid_rounds < comparison.key->rounds) {
      test += ": defined in " + std::to_string(interval.valid_rounds) + " of " + std::to_string(comparison.key->rounds) + " rounds";
    }
    rows.push_back({"", "", "", decimals(interval.value, "%+.4f"), interval_text(interval.low, interval.high),
                    p_text(value.paired->p_value), test});
  }
  if (value.delong) {
    rows.push_back({"", "", "", decimals(value.delong->difference, "%+.4f"), interval_text(value.delong->low, value.delong->high),
                    p_text(value.delong->p_value), "DeLong" + over_clusters(comparison)});
  }
  if (value.mcnemar) rows.push_back({"", "", "", "", "", p_text(value.p_value()), mcnemar_text(comparison, value)});
  if (value.unpaired) {
    rows.push_back({"", "", "", decimals(value.unpaired->difference, "%+.4f"),
                    interval_text(value.unpaired->low, value.unpaired->high), p_text(value.unpaired->p_value),
                    "UNPAIRED z-test"});
  }
  if (rows.size() == begin) {
    const double difference = value.first - value.second;
    rows.push_back({"", "", "", decimals(difference, "%+.4f"), "-", "-",
                    std::isnan(difference) ? "not defined for both" : "no interval: deviations are not known"});
  }
  rows[begin][0] = value.name == value.metric || value.name.starts_with(value.metric) ? value.name
                                                                                      : value.metric + ": " + value.name;
  rows[begin][1] = decimals(value.first);
  rows[begin][2] = decimals(value.second);
}

std::string heading(const ScenarioComparison& comparison) {
  std::string text = "A  " + comparison.first + "\nB  " + comparison.second + "\n";
  if (!comparison.paired()) {
    return text + "At least one of the two is published: there are no predictions, so that no paired test is possible. The z-test "
                  "below takes\nboth for independent; on one test set they are not, and its intervals are too wide.\n";
  }
  const auto& key = *comparison.key;
  text += std::to_string(key.samples) + " samples";
  if (comparison.both + comparison.first_only + comparison.second_only + comparison.neither > 0) {
    text += ": scored by both " + std::to_string(comparison.both) + ", by A alone " + std::to_string(comparison.first_only) +
            ", by B alone " + std::to_string(comparison.second_only) + ", by neither " + std::to_string(comparison.neither);
  } else {
    text += "; no predictions.jsonl, so that no test looks at single samples";
  }
  return text + "\n" + std::to_string(key.rounds) + " bootstrap rounds over " +
         (comparison.cluster.empty() ? "samples" : "clusters by " + comparison.cluster) + ", paired; intervals of " +
         percent(comparison.confidence) + "\n";
}

std::string caveats(const ScenarioComparison& comparison) {
  std::string text;
  for (const ValueComparison& value : comparison.values) {
    if (std::isnan(value.detectable)) continue;
    text += value.name + ": no difference was shown; a true one of " + decimals(value.detectable) +
            " would be found with 80 % probability\n";
  }
  if (comparison.first_only + comparison.second_only > 0) {
    text += "DeLong and McNemar look at the samples that both scored; values and the bootstrap at all that each scored.\n";
  }
  return text.empty() ? "" : "\n" + text;
}

double smallest_p(const ManyComparisons& many) {
  double smallest = 0;
  for (const auto& pair : many.pairs) {
    if (pair.key) smallest = std::max(smallest, 2.0 / static_cast<double>(pair.key->rounds + 1));
  }
  return smallest;
}

/// Whether any test of this value is the bootstrap's.
bool uses_bootstrap(const ManyComparisons& many, const CorrectedValue& corrected) {
  return std::any_of(many.pairs.begin(), many.pairs.end(), [&](const ScenarioComparison& pair) {
    return std::any_of(pair.values.begin(), pair.values.end(), [&](const ValueComparison& value) {
      return value.metric == corrected.metric && value.name == corrected.name && value.test() == TestKind::bootstrap;
    });
  });
}

const ValueComparison* value_in(const ScenarioComparison& pair, const CorrectedValue& corrected) {
  const auto found = std::find_if(pair.values.begin(), pair.values.end(), [&](const ValueComparison& value) {
    return value.metric == corrected.metric && value.name == corrected.name;
  });
  return found == pair.values.end() ? nullptr : &*found;
}

std::string value_table(const ManyComparisons& many, const CorrectedValue& corrected) {
  std::vector<Row> rows = {{"A", "B", "VALUE A", "VALUE B", "A - B", percent(many.confidence) + " INTERVAL", "TEST", "P", "HOLM",
                            "BH", "DETECTABLE"}};
  for (std::size_t i = 0; i < many.pairs.size(); ++i) {
    const ValueComparison* value = value_in(many.pairs[i], corrected);
    if (!value) continue;
    double low = std::nan("");
    double high = low;
    if (value->paired) low = value->paired->interval.low, high = value->paired->interval.high;
    else if (value->unpaired) low = value->unpaired->low, high = value->unpaired->high;
    rows.push_back({many.pairs[i].first, many.pairs[i].second, decimals(value->first), decimals(value->second),
                    decimals(value->first - value->second, "%+.4f"), interval_text(low, high),
                    std::string(analysis::test_name(value->test())), p_text(value->p_value()), p_text(corrected.holm[i]),
                    p_text(corrected.benjamini_hochberg[i]), decimals(value->detectable)});
  }
  std::string text = corrected.name + " (" + std::to_string(corrected.tests) + " paired tests)\n" + table(rows);
  const double level = 1 - many.confidence;
  if (uses_bootstrap(many, corrected) && smallest_p(many) * static_cast<double>(corrected.tests) > level) {
    const auto needed = static_cast<long>(std::ceil(2 * static_cast<double>(corrected.tests) / level));
    text += "The bootstrap's p cannot be small enough for Holm's correction of so many tests: rounds = " +
            std::to_string(needed) + " in [bootstrap] and --rescore would do.\n";
  }
  return text;
}

}  // namespace

std::vector<CorrectedValue> corrected_values(const ManyComparisons& many) {
  std::vector<CorrectedValue> all;
  for (std::size_t i = 0; i < many.pairs.size(); ++i) {
    for (const ValueComparison& value : many.pairs[i].values) {
      auto found = std::find_if(all.begin(), all.end(), [&](const CorrectedValue& each) {
        return each.metric == value.metric && each.name == value.name;
      });
      if (found == all.end()) {
        const std::vector<double> unknown(many.pairs.size(), std::nan(""));
        found = all.insert(all.end(), CorrectedValue{value.name, value.metric, unknown, {}, {}, 0});
      }
      if (many.pairs[i].paired()) found->p[i] = value.p_value();
    }
  }
  for (CorrectedValue& each : all) {
    each.holm = analysis::holm(each.p);
    each.benjamini_hochberg = analysis::benjamini_hochberg(each.p);
    each.tests = static_cast<std::size_t>(std::count_if(each.p.begin(), each.p.end(), [](double p) { return !std::isnan(p); }));
  }
  return all;
}

std::string comparison_text(const ScenarioComparison& comparison) {
  std::vector<Row> rows = {{"VALUE", "A", "B", "A - B", "INTERVAL", "P", "TEST"}};
  for (const ValueComparison& value : comparison.values) add_rows(rows, comparison, value);
  return heading(comparison) + "\n" + table(rows) + caveats(comparison);
}

std::string comparisons_text(const ManyComparisons& many) {
  std::string text;
  for (const CorrectedValue& corrected : corrected_values(many)) text += value_table(many, corrected) + "\n";
  if (!many.pairs.empty()) {
    text += "Intervals come from the bootstrap; p from DeLong's test (an AUROC), McNemar's (a share of right samples) or the bootstrap.\n"
            "HOLM: the chance of any false claim below a level is at most that level. BH: of the claims below it, at most that share is\n"
            "false on average. Both over all rows of a table; unpaired tests (published numbers) do not count. DETECTABLE: the\n"
            "true difference that would be found with 80 % probability, where none was shown.\n";
  }
  for (const auto& refusal : many.refused) {
    text += "\nnot compared: " + refusal.first + " and " + refusal.second + "\n  " + refusal.reason + "\n";
  }
  return text;
}

}  // namespace medvlm::launcher
