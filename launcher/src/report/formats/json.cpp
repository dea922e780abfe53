#include "../report.hpp"
#include "../figures/spec.hpp"
#include "../text.hpp"
#include "renderers.hpp"

namespace medvlm::report {
namespace {

Json finite(double value) { return value == value ? Json(value) : Json(nullptr); }

Json table_json(const Table& table) {
  Json columns = Json::array(), rows = Json::array();
  for (const Column& column : table.columns) columns.push_back(column.title);
  for (const auto& row : table.rows) {
    Json cells = Json::array();
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool number = table.columns[i].kind == ColumnKind::number;
      cells.push_back(number ? finite(row[i].number) : Json(clean_utf8(row[i].text)));
    }
    rows.push_back(std::move(cells));
  }
  return {{"type", "table"},
          {"id", table.id},
          {"caption", clean_utf8(table.caption)},
          {"columns", std::move(columns)},
          {"rows", std::move(rows)}};
}

Json outcome_json(const analysis::Outcome& outcome) {
  Json values = Json::array();
  for (const analysis::OutcomeValue& value : outcome.values) {
    const Interval& interval = value.interval;
    values.push_back({{"metric", value.metric},
                      {"name", value.name},
                      {"headline", value.headline},
                      {"higher_is_better", value.higher_is_better},
                      {"value", finite(interval.value)},
                      {"ci_low", finite(interval.low)},
                      {"ci_high", finite(interval.high)},
                      {"mean", finite(interval.mean)},
                      {"std", finite(interval.std)}});
  }
  Json published = nullptr;
  if (outcome.published) published = {{"source", outcome.published->source}, {"table", outcome.published->table}};
  return {{"name", outcome.name()},
          {"study", outcome.study},
          {"model", outcome.model.name},
          {"family", outcome.model.family},
          {"role", outcome.model.role},
          {"dataset", outcome.dataset.name},
          {"task", outcome.dataset.task},
          {"adapter", outcome.adapter.name},
          {"seed", outcome.adapter.seed ? Json(*outcome.adapter.seed) : Json(nullptr)},
          {"domain", outcome.domain},
          {"samples",
           {{"total", outcome.counts.total},
            {"scored", outcome.counts.scored},
            {"errored", outcome.counts.errored},
            {"missing", outcome.counts.missing}}},
          {"values", std::move(values)},
          {"published", std::move(published)}};
}

Json section_json(const Section& section) {
  Json parts = Json::array();
  for (const Part& part : section.parts) {
    Json blocks = Json::array();
    for (const Block& block : part.blocks) {
      visit(
          block,
          [&](const Paragraph& paragraph) {
            blocks.push_back({{"type", "text"}, {"text", clean_utf8(paragraph.text)}});
          },
          [&](const Table& table) { blocks.push_back(table_json(table)); },
          [&](const Figure& figure) {
            blocks.push_back(
                {{"type", "figure"}, {"id", figure.id}, {"title", clean_utf8(figure.title)}, {"spec", figure.spec}});
          });
    }
    parts.push_back({{"title", clean_utf8(part.title)}, {"blocks", std::move(blocks)}});
  }
  return {{"id", section.id}, {"title", section.title}, {"parts", std::move(parts)}};
}

}  // namespace

std::string json_report(const Report& report) {
  Json answers = Json::array(), sections = Json::array(), outcomes = Json::array();
  for (const Answer& answer : report.document.answers) {
    answers.push_back({{"task", answer.task}, {"sentences", answer.sentences}, {"notes", answer.notes}});
  }
  for (const Section& section : report.document.sections) sections.push_back(section_json(section));
  for (const analysis::Outcome& outcome : report.outcomes) outcomes.push_back(outcome_json(outcome));
  const Json all = {{"format", 1},
                    {"title", report.document.title},
                    {"facts", report.document.facts},
                    {"answers", std::move(answers)},
                    {"notes", report.document.notes},
                    {"scenarios", std::move(outcomes)},
                    {"sections", std::move(sections)},
                    {"samples", report.samples}};
  return all.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace medvlm::report
