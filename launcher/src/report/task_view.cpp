#include "task_view.hpp"

#include <algorithm>
#include <cmath>

#include "text.hpp"

namespace medvlm::report {

using namespace analysis;

double shown_scale(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isnan(v) || std::abs(v) <= 1; }) ? 100
                                                                                                               : 1;
}

std::string interval_text(double low, double high, double scale, int decimals) {
  if (std::isnan(low) || std::isnan(high)) return "";
  return "[" + decimal(low * scale, decimals) + ", " + decimal(high * scale, decimals) + "]";
}

TaskView::TaskView(const std::vector<Outcome>& outcomes, const std::string& task, const std::string& metric,
                   const std::string& tuned)
    : table_(std::make_unique<ScoreTable>(
          outcomes, TableChoice{.task = task, .metric = metric, .off_the_shelf = {}, .tuned = {}})) {
  title_ = task == "diagnosis" ? "Diagnosis" : task == "vqa" ? "Visual question answering" : task;
  id_ = slug(task);
  const auto& trained = table_->tuned();
  // A study of two tasks need not tune both in the same way.
  const bool known = std::find(trained.begin(), trained.end(), tuned) != trained.end();
  tuned_ = known ? tuned : trained.empty() ? "" : trained.front();
  std::vector<double> values;
  for (const analysis::Cell& cell : table_->cells()) {
    values.push_back(cell.value);
    any_published_ = any_published_ || cell.published;
    any_rounds_ = any_rounds_ || table_->rounds(cell) != nullptr;
  }
  scale_ = shown_scale(values);
  gaps_ = research_gaps(*table_, tuned_);
  costs_ = costs_of_gains(*table_);
  findings_ = analysis::findings(*table_, tuned_);
}

std::string TaskView::axis_title() const {
  const std::string label = table_->metric().label();
  return scale_ == 100 ? label + " (points)" : label;
}

std::string TaskView::shown(double value) const { return decimal(value * scale_, 2); }
std::string TaskView::shown_gap(double value) const { return signed_decimal(value * scale_, 2); }

std::string TaskView::model_label(std::size_t model) const {
  const ModelFacts& facts = table_->models()[model];
  if (facts.role == "generalist") return facts.name + " (G)";
  if (facts.role == "specialist") return facts.name + " (S)";
  return facts.name;
}

std::string TaskView::dataset_label(std::size_t dataset) const { return table_->datasets()[dataset].name; }

std::string TaskView::adapter_label(const std::string& name) const {
  return name == table_->off_the_shelf() ? "off the shelf" : name;
}

std::vector<std::string> TaskView::methods() const {
  std::vector<std::string> names;
  for (const AdapterFacts& adapter : table_->adapters()) names.push_back(adapter.name);
  std::stable_partition(names.begin(), names.end(),
                        [&](const std::string& name) { return name == table_->off_the_shelf(); });
  return names;
}

bool TaskView::is_tuned(const std::string& adapter) const {
  const auto& trained = table_->tuned();
  return std::find(trained.begin(), trained.end(), adapter) != trained.end();
}

}  // namespace medvlm::report
