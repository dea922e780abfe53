#include "export_tables.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "medvlm/analysis/predictions_file.hpp"

namespace medvlm::launcher {
namespace {

using analysis::Outcome;
using analysis::OutcomeValue;
using analysis::PredictionRecord;
using OrderedJson = nlohmann::ordered_json;

/// What is empty is nothing.
Cell text_or_nothing(const std::string& text) { return text.empty() ? Cell() : Cell(text); }

Cell count_or_nothing(std::int64_t count) { return count == 0 ? Cell() : Cell(count); }

template <class Number>
Cell integer(const std::optional<Number>& number) {
  return number ? Cell(static_cast<std::int64_t>(*number)) : Cell();
}

std::string json_text(const OrderedJson& json) {
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

/// The columns that say which scenario a row is of.
const std::vector<Column> kScenarioColumns = {
    {"study"},   {"scenario"}, {"model"},    {"family"},  {"role"},
    {"dataset"}, {"task"},     {"modality"}, {"adapter"}, {"seed", ColumnType::integer},
    {"domain"}};

std::vector<Cell> scenario_cells(const Outcome& outcome) {
  return {text_or_nothing(outcome.study),
          outcome.name(),
          outcome.model.name,
          text_or_nothing(outcome.model.family),
          text_or_nothing(outcome.model.role),
          outcome.dataset.name,
          text_or_nothing(outcome.dataset.task),
          text_or_nothing(outcome.dataset.modality),
          outcome.adapter.name,
          integer(outcome.adapter.seed),
          outcome.domain == "-" ? Cell() : text_or_nothing(outcome.domain)};
}

std::vector<Column> with_scenario(std::vector<Column> columns) {
  columns.insert(columns.begin(), kScenarioColumns.begin(), kScenarioColumns.end());
  return columns;
}

void append(std::vector<Cell>& row, std::vector<Cell> cells) {
  row.insert(row.end(), std::make_move_iterator(cells.begin()), std::make_move_iterator(cells.end()));
}

std::vector<Cell> value_cells(const Outcome& outcome, const OutcomeValue& value) {
  const auto formula = [&](double analysis::FormulaInterval::* field) {
    return value.formula ? Cell((*value.formula).*field) : Cell();
  };
  return {value.metric,
          value.name,
          value.headline,
          value.higher_is_better,
          value.interval.value,
          value.interval.low,
          value.interval.high,
          value.interval.mean,
          value.interval.std,
          std::int64_t(value.interval.valid_rounds),
          text_or_nothing(value.reason),
          outcome.confidence,
          text_or_nothing(outcome.unit),
          text_or_nothing(outcome.cluster),
          value.formula ? Cell(value.formula->method) : Cell(),
          formula(&analysis::FormulaInterval::variance),
          formula(&analysis::FormulaInterval::low),
          formula(&analysis::FormulaInterval::high)};
}

std::vector<Cell> outcome_cells(const Outcome& outcome) {
  return {std::int64_t(outcome.counts.total),
          std::int64_t(outcome.counts.scored),
          std::int64_t(outcome.counts.errored),
          std::int64_t(outcome.counts.missing),
          outcome.trained_on,
          outcome.adapter.trains,
          text_or_nothing(outcome.adapter.plugin),
          count_or_nothing(outcome.model.parameters),
          count_or_nothing(outcome.cost.trained_parameters),
          outcome.cost.training_seconds,
          outcome.cost.evaluation_seconds,
          count_or_nothing(outcome.cost.peak_memory_bytes),
          text_or_nothing(outcome.cost.device),
          text_or_nothing(outcome.dataset.samples_sha256),
          outcome.published ? Cell(outcome.published->source) : Cell(),
          outcome.published ? text_or_nothing(outcome.published->table) : Cell(),
          outcome.folder.string()};
}

/// The class with the highest score, the first of several; nothing where classes do not exclude each other.
Cell predicted(const Outcome& outcome, const PredictionRecord& record) {
  const bool exclusive = outcome.dataset.labels != "multilabel" && record.labels.empty();
  if (!exclusive || record.scores.empty()) return {};
  return std::int64_t(std::max_element(record.scores.begin(), record.scores.end()) - record.scores.begin());
}

Cell class_name(const Outcome& outcome, const Cell& label) {
  const auto* number = std::get_if<std::int64_t>(&label);
  if (!number || *number < 0 || std::size_t(*number) >= outcome.dataset.classes.size()) return {};
  return outcome.dataset.classes[std::size_t(*number)];
}

Cell json_scores(const std::vector<double>& scores) {
  if (scores.empty()) return {};
  OrderedJson list = OrderedJson::array();
  for (const double score : scores) list.push_back(std::isfinite(score) ? OrderedJson(score) : OrderedJson(nullptr));
  return json_text(list);
}

template <class Item>
Cell json_pairs(const std::vector<std::pair<std::string, Item>>& pairs) {
  if (pairs.empty()) return {};
  OrderedJson table = OrderedJson::object();
  for (const auto& [name, item] : pairs) table[name] = item;
  return json_text(table);
}

std::vector<Cell> record_cells(const Outcome& outcome, const PredictionRecord& record) {
  const bool asks = record.open.has_value();
  const bool answered = asks && !record.error;
  const Cell label = integer(record.label), guess = predicted(outcome, record);
  return {std::int64_t(record.index),
          record.id,
          text_or_nothing(record.image),
          label,
          class_name(outcome, label),
          guess,
          class_name(outcome, guess),
          record.labels.empty() ? Cell() : Cell(json_text(record.labels)),
          json_scores(record.scores),
          asks ? Cell(record.question) : Cell(),
          asks ? Cell(record.answer) : Cell(),
          asks ? Cell(*record.open) : Cell(),
          answered ? Cell(record.text) : Cell(),
          answered ? Cell(record.prompt_tokens) : Cell(),
          answered ? Cell(record.new_tokens) : Cell(),
          answered ? Cell(record.seconds) : Cell(),
          json_pairs(record.groups),
          json_pairs(record.values),
          record.error ? Cell(record.error->stage) : Cell(),
          record.error ? Cell(record.error->code) : Cell(),
          record.error ? Cell(record.error->message) : Cell()};
}

}  // namespace

std::vector<Column> result_columns() {
  using enum ColumnType;
  return with_scenario({{"metric"},
                        {"value_name"},
                        {"headline", flag},
                        {"higher_is_better", flag},
                        {"value", number},
                        {"ci_low", number},
                        {"ci_high", number},
                        {"mean", number},
                        {"std", number},
                        {"valid_rounds", ColumnType::integer},
                        {"reason"},
                        {"confidence", number},
                        {"unit"},
                        {"cluster"},
                        {"formula"},
                        {"formula_variance", number},
                        {"formula_low", number},
                        {"formula_high", number},
                        {"samples", ColumnType::integer},
                        {"scored", ColumnType::integer},
                        {"errored", ColumnType::integer},
                        {"missing", ColumnType::integer},
                        {"trained_on_dataset", flag},
                        {"trains", flag},
                        {"adapter_plugin"},
                        {"parameters", ColumnType::integer},
                        {"trained_parameters", ColumnType::integer},
                        {"training_seconds", number},
                        {"evaluation_seconds", number},
                        {"peak_memory_bytes", ColumnType::integer},
                        {"device"},
                        {"samples_sha256"},
                        {"published_source"},
                        {"published_table"},
                        {"folder"}});
}

void add_results(const Outcome& outcome, TableSink& sink) {
  for (const OutcomeValue& value : outcome.values) {
    std::vector<Cell> row = scenario_cells(outcome);
    append(row, value_cells(outcome, value));
    append(row, outcome_cells(outcome));
    sink.add(row);
  }
}

std::vector<Column> prediction_columns() {
  using enum ColumnType;
  return with_scenario({{"index", ColumnType::integer},
                        {"id"},
                        {"image"},
                        {"label", ColumnType::integer},
                        {"label_name"},
                        {"predicted", ColumnType::integer},
                        {"predicted_name"},
                        {"labels", json},
                        {"scores", json},
                        {"question"},
                        {"answer"},
                        {"open", flag},
                        {"text"},
                        {"prompt_tokens", ColumnType::integer},
                        {"new_tokens", ColumnType::integer},
                        {"seconds", number},
                        {"groups", json},
                        {"values", json},
                        {"error_stage"},
                        {"error_code"},
                        {"error_message"}});
}

void add_predictions(const Outcome& outcome, TableSink& sink) {
  if (outcome.published) return;
  analysis::PredictionsFile file(outcome.folder / "predictions.jsonl");
  for (PredictionRecord record; file.next(record);) {
    std::vector<Cell> row = scenario_cells(outcome);
    append(row, record_cells(outcome, record));
    sink.add(row);
  }
}

}  // namespace medvlm::launcher
