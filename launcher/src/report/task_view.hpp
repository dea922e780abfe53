// One task of the report: its table of scores, how numbers are shown, and what was computed from the table once for all
// parts.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "medvlm/analysis/comparison.hpp"
#include "medvlm/analysis/costs.hpp"
#include "medvlm/analysis/findings.hpp"
#include "medvlm/analysis/research_questions.hpp"
#include "medvlm/analysis/score_table.hpp"

namespace medvlm::report {

class TaskView {
 public:
  /// `metric` and `tuned` as in analysis::TableChoice and analysis::research_gaps(); both may be empty. Holds pointers
  /// into `outcomes`. Throws what analysis throws.
  TaskView(const std::vector<analysis::Outcome>& outcomes, const std::string& task, const std::string& metric,
           const std::string& tuned);

  const analysis::ScoreTable& table() const { return *table_; }
  const std::string& task() const { return table_->task(); }
  /// "Diagnosis", "Visual question answering".
  const std::string& title() const { return title_; }
  /// What ids of this task begin with.
  const std::string& id() const { return id_; }
  /// The adapter that "tuned" means in the questions; empty if there is none.
  const std::string& tuned() const { return tuned_; }
  const std::vector<analysis::Gap>& gaps() const { return gaps_; }
  const std::vector<analysis::CostOfGain>& costs() const { return costs_; }
  const analysis::Findings& findings() const { return findings_; }

  /// Values are shown times this: 100 for shares, 1 for metrics with values above 1.
  double scale() const { return scale_; }
  /// "AUROC (points)".
  std::string axis_title() const;
  /// "points" or "units".
  std::string unit() const { return scale_ == 100 ? "points" : "units"; }
  std::string shown(double value) const;      ///< "85.32"
  std::string shown_gap(double value) const;  ///< "+1.31"
  double scaled(double value) const { return value * scale_; }

  std::string model_label(std::size_t model) const;  ///< "CLIP (G)", "PLIP (S)"
  std::string dataset_label(std::size_t dataset) const;
  /// "off the shelf" or the adapter's name.
  std::string adapter_label(const std::string& name) const;
  /// All adapters: off the shelf first.
  std::vector<std::string> methods() const;
  bool is_tuned(const std::string& adapter) const;
  bool any_published() const { return any_published_; }
  bool any_rounds() const { return any_rounds_; }

 private:
  std::unique_ptr<analysis::ScoreTable> table_;
  std::string title_, id_, tuned_;
  double scale_ = 100;
  bool any_published_ = false, any_rounds_ = false;
  std::vector<analysis::Gap> gaps_;
  std::vector<analysis::CostOfGain> costs_;
  analysis::Findings findings_;
};

/// Whether all of a metric's values lie in [-1, 1]: then they are shown as points (x 100).
double shown_scale(const std::vector<double>& values);

/// "[81.2, 90.1]"; empty if unknown.
std::string interval_text(double low, double high, double scale, int decimals = 2);

}  // namespace medvlm::report
