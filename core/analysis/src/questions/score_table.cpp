// The grid of one metric's values, and the rounds behind its cells.
#include "medvlm/analysis/score_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "medvlm/analysis/seed_variance.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/options.hpp"

namespace medvlm::analysis {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

template <typename Facts>
std::size_t place_of(const std::vector<Facts>& list, const std::string& name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const Facts& facts) { return facts.name == name; });
  return found == list.end() ? kNone : static_cast<std::size_t>(found - list.begin());
}

template <typename Facts>
std::size_t find_or_add(std::vector<Facts>& list, const Facts& facts) {
  const std::size_t place = place_of(list, facts.name);
  if (place != kNone) return place;
  list.push_back(facts);
  return list.size() - 1;
}

template <typename Facts>
std::vector<std::string> names_of(const std::vector<Facts>& list) {
  std::vector<std::string> names;
  for (const Facts& facts : list) names.push_back(facts.name);
  return names;
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double deviation_of(const std::vector<double>& values) {
  if (values.size() < 2) return kNan;
  const double mean = mean_of(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

std::string choose_task(const std::vector<Outcome>& outcomes, const std::string& wanted) {
  const auto tasks = tasks_of(outcomes);
  if (tasks.empty()) throw Error(ErrorCode::data, "there are no results to analyse; run a study first, or name its output folder");
  if (wanted.empty()) return tasks.front();
  if (contains(tasks, wanted)) return wanted;
  throw Error(ErrorCode::config, "no result is of the task '" + wanted + "'" + suggestion(wanted, tasks));
}

MetricChoice choose_metric(const std::vector<Outcome>& outcomes, const std::string& task, const std::string& wanted) {
  const auto metrics = metrics_of(outcomes, task);
  if (metrics.empty()) throw Error(ErrorCode::data, "no result of the task '" + task + "' has a metric; run it with one");
  if (wanted.empty()) return metrics.front();
  for (const MetricChoice& choice : metrics) {
    if (choice.metric + "/" + choice.name == wanted) return choice;
  }
  for (const MetricChoice& choice : metrics) {
    if (choice.name == wanted || (choice.metric == wanted && choice.headline)) return choice;
  }
  std::vector<std::string> known;
  for (const MetricChoice& choice : metrics) known.push_back(choice.label());
  throw Error(ErrorCode::config, "no result of the task '" + task + "' has the metric '" + wanted + "'" + suggestion(wanted, known));
}

/// The rounds of a value in one scenario, or none.
std::optional<CellRounds> rounds_of(const Outcome& outcome, const MetricChoice& metric) {
  const auto file = outcome.folder / "rounds.bin";
  if (outcome.published || !std::filesystem::exists(file)) return std::nullopt;
  RoundsFile rounds = read_rounds(file);
  for (ValueRounds& value : rounds.values) {
    if (value.metric == metric.metric && value.name == metric.name) return CellRounds{rounds.key, std::move(value.rounds)};
  }
  return std::nullopt;
}

/// Of every seed, or nothing unless all have rounds on the same resamples.
std::vector<CellRounds> rounds_of_seeds(const Cell& cell, const MetricChoice& metric) {
  std::vector<CellRounds> all;
  for (const Outcome* outcome : cell.outcomes) {
    auto rounds = rounds_of(*outcome, metric);
    if (!rounds || (!all.empty() && rounds->key != all.front().key)) return {};
    all.push_back(std::move(*rounds));
  }
  return all;
}

CellRounds mean_of_rounds(std::vector<CellRounds> all) {
  CellRounds mean = std::move(all.front());
  for (std::size_t seed = 1; seed < all.size(); ++seed) {
    for (std::size_t i = 0; i < mean.rounds.size(); ++i) mean.rounds[i] += all[seed].rounds[i];
  }
  for (double& round : mean.rounds) round /= static_cast<double>(all.size());
  return mean;
}

/// The interval of a mean over seeds: which samples were drawn and which trainings, together.
Interval interval_of_seeds(const std::vector<double>& values, const std::vector<CellRounds>& rounds, double confidence) {
  Interval interval{mean_of(values), kNan, kNan, kNan, kNan, 0};
  if (rounds.empty()) return interval;
  std::vector<std::vector<double>> by_seed;
  for (const CellRounds& of_seed : rounds) by_seed.push_back(of_seed.rounds);
  const SeedSummary summary = summarise_seeds(values, by_seed, confidence);
  const Interval over_rounds = summarise(mean_of_rounds(rounds).rounds, confidence);
  return {interval.value, over_rounds.mean, summary.standard_error, summary.low, summary.high, over_rounds.valid_rounds};
}

}  // namespace

struct ScoreTable::State {
  std::string task;
  MetricChoice metric;
  double confidence = 0.95;
  std::vector<ModelFacts> models;
  std::vector<DatasetFacts> datasets;
  std::vector<AdapterFacts> adapters;
  std::vector<std::string> families;
  std::string off_the_shelf;
  std::vector<std::string> tuned;
  std::vector<Cell> cells;
  std::vector<std::size_t> grid;  // place in `cells` by model, dataset, adapter; kNone: empty
  std::vector<std::string> notes;
  bool only_published = true;
  std::mutex mutex;  // of `rounds`
  std::map<const Cell*, std::optional<CellRounds>> rounds;

  void add(const std::vector<Outcome>& outcomes);
  void add_to_cell(std::map<std::vector<std::size_t>, Cell>& found, const Outcome& outcome);
  void finish(Cell& cell);
  void drop_untimely(Cell& cell);
  void choose_confidence();
  void choose_adapters(const TableChoice& choice);
  std::size_t grid_place(std::size_t model, std::size_t dataset, std::size_t adapter) const {
    return (model * datasets.size() + dataset) * adapters.size() + adapter;
  }
};

void ScoreTable::State::add(const std::vector<Outcome>& outcomes) {
  std::map<std::vector<std::size_t>, Cell> found;
  std::size_t without = 0;
  for (const Outcome& outcome : outcomes) {
    if (outcome.dataset.task != task) continue;
    if (!outcome.find(metric.metric, metric.name)) {
      ++without;
      continue;
    }
    only_published = only_published && outcome.published.has_value();
    add_to_cell(found, outcome);
  }
  if (without != 0) {
    notes.push_back(std::to_string(without) + (without == 1 ? " scenario has" : " scenarios have") + " no value of " + metric.label() +
                    " and " + (without == 1 ? "is" : "are") + " left out.");
  }
  for (const ModelFacts& model : models) {
    if (!model.family.empty() && !contains(families, model.family)) families.push_back(model.family);
  }
  grid.assign(models.size() * datasets.size() * adapters.size(), kNone);
  for (auto& [place, cell] : found) {
    grid[grid_place(cell.model, cell.dataset, cell.adapter)] = cells.size();
    cells.push_back(std::move(cell));
  }
}

void ScoreTable::State::add_to_cell(std::map<std::vector<std::size_t>, Cell>& found, const Outcome& outcome) {
  AdapterFacts adapter = outcome.adapter;
  adapter.seed.reset();
  const std::vector<std::size_t> place = {find_or_add(models, outcome.model), find_or_add(datasets, outcome.dataset),
                                          find_or_add(adapters, adapter)};
  Cell& cell = found[place];
  if (cell.outcomes.empty()) {
    cell.model = place[0];
    cell.dataset = place[1];
    cell.adapter = place[2];
    cell.domain = outcome.domain;
  }
  for (const Outcome* other : cell.outcomes) {
    if (other->adapter.seed != outcome.adapter.seed) continue;
    notes.push_back(outcome.name() + " is in '" + other->folder.string() + "' and in '" + outcome.folder.string() +
                    "'; the first is used.");
    return;
  }
  cell.outcomes.push_back(&outcome);
}

/// An adapter that once had one seed and now has several left its old scenario behind.
void ScoreTable::State::drop_untimely(Cell& cell) {
  const auto seeded = [](const Outcome* outcome) { return outcome->adapter.seed.has_value(); };
  const auto count = std::count_if(cell.outcomes.begin(), cell.outcomes.end(), seeded);
  if (count == 0 || static_cast<std::size_t>(count) == cell.outcomes.size()) return;
  const auto single = std::find_if_not(cell.outcomes.begin(), cell.outcomes.end(), seeded);
  notes.push_back((*single)->name() + " is left out: the adapter has been evaluated with several seeds as well.");
  cell.outcomes.erase(single);
}

void ScoreTable::State::finish(Cell& cell) {
  drop_untimely(cell);
  std::vector<double> values;
  for (const Outcome* outcome : cell.outcomes) {
    values.push_back(outcome->find(metric.metric, metric.name)->interval.value);
    cell.trained_on = cell.trained_on || outcome->trained_on;
    cell.published = cell.published || outcome->published.has_value();
  }
  cell.value = mean_of(values);
  cell.seed_std = deviation_of(values);
  cell.interval = values.size() == 1 ? cell.outcomes.front()->find(metric.metric, metric.name)->interval
                                     : interval_of_seeds(values, rounds_of_seeds(cell, metric), confidence);
}

void ScoreTable::State::choose_confidence() {
  std::set<double> levels;
  for (const Cell& cell : cells) {
    for (const Outcome* outcome : cell.outcomes) levels.insert(outcome->confidence);
  }
  if (levels.size() == 1) confidence = *levels.begin();
  if (levels.size() > 1) notes.push_back("The scenarios' intervals are of different confidence; those of differences are of 95 %.");
}

void ScoreTable::State::choose_adapters(const TableChoice& choice) {
  const auto check = [&](const std::string& name) {
    if (place_of(adapters, name) != kNone) return;
    throw Error(ErrorCode::config, "no result of the task '" + task + "' has the adapter '" + name + "'" +
                                       suggestion(name, names_of(adapters)));
  };
  if (!choice.off_the_shelf.empty()) {
    check(choice.off_the_shelf);
    off_the_shelf = choice.off_the_shelf;
  } else {
    std::vector<std::size_t> counts(adapters.size(), 0);
    for (const Cell& cell : cells) counts[cell.adapter] += adapters[cell.adapter].trains ? 0 : 1;
    const auto most = std::max_element(counts.begin(), counts.end());
    if (most != counts.end() && *most != 0) off_the_shelf = adapters[static_cast<std::size_t>(most - counts.begin())].name;
  }
  for (const std::string& name : choice.tuned) {
    check(name);
    if (!contains(tuned, name)) tuned.push_back(name);
  }
  if (!tuned.empty()) return;
  for (const AdapterFacts& adapter : adapters) {
    if (adapter.trains && adapter.name != off_the_shelf) tuned.push_back(adapter.name);
  }
}

std::string MetricChoice::label() const { return name.starts_with(metric) ? name : metric + "/" + name; }

std::vector<std::string> tasks_of(const std::vector<Outcome>& outcomes) {
  std::vector<std::string> tasks;
  for (const Outcome& outcome : outcomes) {
    if (!contains(tasks, outcome.dataset.task)) tasks.push_back(outcome.dataset.task);
  }
  return tasks;
}

std::vector<MetricChoice> metrics_of(const std::vector<Outcome>& outcomes, const std::string& task) {
  std::vector<MetricChoice> metrics;
  for (const Outcome& outcome : outcomes) {
    if (outcome.dataset.task != task) continue;
    for (const OutcomeValue& value : outcome.values) {
      const auto same = [&](const MetricChoice& choice) { return choice.metric == value.metric && choice.name == value.name; };
      auto found = std::find_if(metrics.begin(), metrics.end(), same);
      if (found == metrics.end()) {
        found = metrics.insert(found, {value.metric, value.name, value.headline, value.higher_is_better, 0});
      }
      ++found->outcomes;
    }
  }
  std::stable_sort(metrics.begin(), metrics.end(), [](const MetricChoice& a, const MetricChoice& b) {
    return a.headline != b.headline ? a.headline : a.outcomes > b.outcomes;
  });
  return metrics;
}

ScoreTable::ScoreTable(const std::vector<Outcome>& outcomes, const TableChoice& choice) : state_(std::make_unique<State>()) {
  state_->task = choose_task(outcomes, choice.task);
  state_->metric = choose_metric(outcomes, state_->task, choice.metric);
  state_->add(outcomes);
  state_->choose_confidence();
  for (Cell& cell : state_->cells) state_->finish(cell);
  state_->choose_adapters(choice);
}

ScoreTable::~ScoreTable() = default;
ScoreTable::ScoreTable(ScoreTable&&) noexcept = default;
ScoreTable& ScoreTable::operator=(ScoreTable&&) noexcept = default;

const std::string& ScoreTable::task() const { return state_->task; }
const MetricChoice& ScoreTable::metric() const { return state_->metric; }
double ScoreTable::confidence() const { return state_->confidence; }
const std::vector<ModelFacts>& ScoreTable::models() const { return state_->models; }
const std::vector<DatasetFacts>& ScoreTable::datasets() const { return state_->datasets; }
const std::vector<AdapterFacts>& ScoreTable::adapters() const { return state_->adapters; }
const std::vector<std::string>& ScoreTable::families() const { return state_->families; }
const std::string& ScoreTable::off_the_shelf() const { return state_->off_the_shelf; }
const std::vector<std::string>& ScoreTable::tuned() const { return state_->tuned; }
const std::vector<Cell>& ScoreTable::cells() const { return state_->cells; }
bool ScoreTable::only_published() const { return state_->only_published; }
const std::vector<std::string>& ScoreTable::notes() const { return state_->notes; }

const Cell* ScoreTable::cell(std::size_t model, std::size_t dataset, std::size_t adapter) const {
  if (model >= state_->models.size() || dataset >= state_->datasets.size() || adapter >= state_->adapters.size()) return nullptr;
  const std::size_t place = state_->grid[state_->grid_place(model, dataset, adapter)];
  return place == kNone ? nullptr : &state_->cells[place];
}

const Cell* ScoreTable::cell(const std::string& model, const std::string& dataset, const std::string& adapter) const {
  return cell(place_of(state_->models, model), place_of(state_->datasets, dataset), place_of(state_->adapters, adapter));
}

const CellRounds* ScoreTable::rounds(const Cell& cell) const {
  const std::lock_guard lock(state_->mutex);
  auto found = state_->rounds.find(&cell);
  if (found == state_->rounds.end()) {
    auto seeds = rounds_of_seeds(cell, state_->metric);
    std::optional<CellRounds> rounds;
    if (!seeds.empty()) rounds = mean_of_rounds(std::move(seeds));
    found = state_->rounds.emplace(&cell, std::move(rounds)).first;
  }
  return found->second ? &*found->second : nullptr;
}

double ScoreTable::advantage(double a, double b) const { return state_->metric.higher_is_better ? a - b : b - a; }

}  // namespace medvlm::analysis
