#include "medvlm/analysis/costs.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <system_error>
#include <type_traits>

namespace medvlm::analysis {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// What the adapter keeps below its scenario's folder: all that must be stored besides the model.
std::int64_t bytes_kept(const std::filesystem::path& scenario) {
  std::int64_t bytes = 0;
  std::error_code error;
  std::filesystem::recursive_directory_iterator entry(scenario / "adapter", error);
  for (const std::filesystem::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
    std::error_code unreadable;
    const auto size = entry->is_regular_file(unreadable) ? entry->file_size(unreadable) : 0;
    if (!unreadable) bytes += static_cast<std::int64_t>(size);
  }
  return bytes;
}

/// The mean of what is known; 0 if nothing is.
template <typename Number>
class Mean {
 public:
  void add(Number amount) {
    if (amount <= 0) return;
    sum_ += static_cast<double>(amount);
    ++count_;
  }
  Number get() const {
    if (count_ == 0) return 0;
    const double mean = sum_ / static_cast<double>(count_);
    return static_cast<Number>(std::is_integral_v<Number> ? std::round(mean) : mean);
  }

 private:
  double sum_ = 0;
  std::size_t count_ = 0;
};

void add_costs(CostOfGain& cost) {
  Mean<std::int64_t> parameters, stored, memory;
  Mean<double> training, evaluation;
  for (const Outcome* outcome : cost.tuned->outcomes) {
    parameters.add(outcome->cost.trained_parameters);
    training.add(outcome->cost.training_seconds);
    evaluation.add(outcome->cost.evaluation_seconds);
    memory.add(outcome->cost.peak_memory_bytes);
    if (!outcome->published) stored.add(bytes_kept(outcome->folder));
    if (cost.device.empty()) cost.device = outcome->cost.device;
  }
  cost.trained_parameters = parameters.get();
  cost.training_seconds = training.get();
  cost.evaluation_seconds = evaluation.get();
  cost.stored_bytes = stored.get();
  cost.peak_memory_bytes = memory.get();
}

double per_point(double amount, double gain) { return amount > 0 && gain > 0 ? amount / points(gain) : kNan; }

void add_specialist(const ScoreTable& table, CostOfGain& cost) {
  cost.advantage = cost.share_of_specialist = kNan;
  const auto specialists = contenders(table, "specialist", cost.tuned->dataset, table.off_the_shelf());
  if (specialists.empty()) return;
  cost.specialist = specialists.front();
  cost.specialist_parameters = table.models()[cost.specialist.cell->model].parameters;
  cost.advantage = table.advantage(cost.tuned->value, cost.specialist.value);
  if (cost.specialist_parameters > 0 && cost.trained_parameters > 0) {
    cost.share_of_specialist = static_cast<double>(cost.trained_parameters) / static_cast<double>(cost.specialist_parameters);
  }
}

CostOfGain cost_of_cell(const ScoreTable& table, const Cell& tuned, const Cell& off_the_shelf) {
  const ModelFacts& model = table.models()[tuned.model];
  CostOfGain cost;
  cost.tuned = &tuned;
  cost.off_the_shelf = &off_the_shelf;
  cost.model = model.name;
  cost.role = model.role;
  cost.dataset = table.datasets()[tuned.dataset].name;
  cost.adapter = table.adapters()[tuned.adapter].name;
  cost.domain = tuned.domain;
  cost.gain = table.advantage(tuned.value, off_the_shelf.value);
  cost.interval = difference_interval(table, tuned, off_the_shelf);
  cost.model_parameters = model.parameters;
  add_costs(cost);
  cost.parameters_per_point = per_point(static_cast<double>(cost.trained_parameters), cost.gain);
  cost.training_seconds_per_point = per_point(cost.training_seconds, cost.gain);
  cost.stored_bytes_per_point = per_point(static_cast<double>(cost.stored_bytes), cost.gain);
  add_specialist(table, cost);
  return cost;
}

}  // namespace

std::vector<CostOfGain> costs_of_gains(const ScoreTable& table) {
  std::vector<CostOfGain> costs;
  for (const Cell& cell : table.cells()) {
    const std::string& adapter = table.adapters()[cell.adapter].name;
    if (std::find(table.tuned().begin(), table.tuned().end(), adapter) == table.tuned().end()) continue;
    const Cell* off_the_shelf =
        table.cell(table.models()[cell.model].name, table.datasets()[cell.dataset].name, table.off_the_shelf());
    if (off_the_shelf) costs.push_back(cost_of_cell(table, cell, *off_the_shelf));
  }
  return costs;
}

}  // namespace medvlm::analysis
