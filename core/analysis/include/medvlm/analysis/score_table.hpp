// One metric of one task as a grid: models x datasets x adapters. What the paper's questions, the report's heat map and its
// tables are computed from. Seeds of a scenario are one cell.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "medvlm/analysis/interval.hpp"
#include "medvlm/analysis/outcome.hpp"
#include "medvlm/analysis/rounds_file.hpp"
#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

/// A value that outcomes of a task have, and how many of them.
struct MetricChoice {
  std::string metric;  ///< the study's name: "auroc"
  std::string name;    ///< of the value: "auroc", "auroc[melanoma]"
  bool headline = false;
  bool higher_is_better = true;
  std::size_t outcomes = 0;
  /// `name` where it begins with the metric's own name, else "metric/name"
  MEDVLM_API std::string label() const;
};

/// The tasks of the outcomes, in their order: "diagnosis", "vqa".
MEDVLM_API std::vector<std::string> tasks_of(const std::vector<Outcome>& outcomes);

/// What the outcomes of a task can be compared by: headline values first, then by how many outcomes have one, then in the
/// outcomes' order. The first is the task's default.
MEDVLM_API std::vector<MetricChoice> metrics_of(const std::vector<Outcome>& outcomes, const std::string& task);

/// What a table is about. Empty fields are chosen: see ScoreTable.
struct TableChoice {
  std::string task;                ///< empty: the first task
  std::string metric;              ///< a metric, a value's name, or "metric/name"; empty: the first of metrics_of()
  std::string off_the_shelf;       ///< adapter; empty: the one without training that most outcomes have
  std::vector<std::string> tuned;  ///< adapters; empty: all that train, in the outcomes' order
};

/// The mean over the seeds of every round, and by what it is paired with others.
struct CellRounds {
  ResampleKey key;
  std::vector<double> rounds;
};

/// Model x dataset x adapter: one scenario, or its seeds.
struct Cell {
  std::size_t model = 0, dataset = 0, adapter = 0;  ///< places in the table's lists
  std::vector<const Outcome*> outcomes;             ///< one per seed, at least one
  double value = 0;     ///< mean over the seeds; NaN where one is undefined
  Interval interval;    ///< of one outcome its own; of several that of their mean, test set and seeds together (seed_variance.hpp)
  double seed_std = 0;  ///< between the seeds' values (n-1); NaN for one
  std::string domain;   ///< "ID", "OOD", "-"
  bool trained_on = false;  ///< the dataset is known to be in the model's training mixture
  bool published = false;   ///< at least one outcome was not computed here
};

/// The grid. Holds pointers into the outcomes, which must outlive it. Safe to read from several threads.
class MEDVLM_API ScoreTable {
 public:
  /// Throws Error(config) for a task, metric or adapter that no outcome has, naming those there are; Error(data) for no
  /// outcomes at all.
  explicit ScoreTable(const std::vector<Outcome>& outcomes, const TableChoice& choice = {});
  ~ScoreTable();
  ScoreTable(ScoreTable&&) noexcept;
  ScoreTable& operator=(ScoreTable&&) noexcept;

  const std::string& task() const;
  const MetricChoice& metric() const;
  double confidence() const;  ///< of the outcomes' intervals; 0.95 if they differ
  const std::vector<ModelFacts>& models() const;
  const std::vector<DatasetFacts>& datasets() const;
  const std::vector<AdapterFacts>& adapters() const;  ///< seeds left out
  /// The families of the models, in their order; models without one are left out.
  const std::vector<std::string>& families() const;

  /// The adapter that stands for "off the shelf"; empty if none was evaluated.
  const std::string& off_the_shelf() const;
  /// The adapters that stand for "tuned".
  const std::vector<std::string>& tuned() const;

  /// All cells: by model, dataset, adapter in the lists' order.
  const std::vector<Cell>& cells() const;
  /// By places in the lists, or null.
  const Cell* cell(std::size_t model, std::size_t dataset, std::size_t adapter) const;
  /// By names, or null.
  const Cell* cell(const std::string& model, const std::string& dataset, const std::string& adapter) const;

  /// The cell's rounds, read when first asked for; null where an outcome has none (published, or written by an older
  /// version) or the seeds' resamples differ. Throws Error(data) for a damaged file.
  const CellRounds* rounds(const Cell& cell) const;

  /// `a` minus `b`, negated for a metric of which less is better: positive means that `a` is the better one.
  double advantage(double a, double b) const;

  /// Whether every number of the table was published, not computed here.
  bool only_published() const;
  /// What a reader should know: outcomes left out, two under one name.
  const std::vector<std::string>& notes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A share as points (x 100).
inline double points(double share) { return 100 * share; }

}  // namespace medvlm::analysis
