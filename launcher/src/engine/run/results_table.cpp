#include "results_table.hpp"

#include "numbers.hpp"

namespace medvlm::launcher {
namespace {

std::string cell(const ResultValue& value) {
  if (std::isnan(value.interval.value)) return "undefined";
  if (std::isnan(value.interval.low)) return fixed(value.interval.value);
  return fixed(value.interval.value) + " [" + fixed(value.interval.low) + ", " + fixed(value.interval.high) + "]";
}

/// The headline metrics of all rows, in order of first appearance.
std::vector<std::string> metric_names(const std::vector<TableRow>& rows) {
  std::vector<std::string> names;
  for (const TableRow& row : rows) {
    for (const ResultValue& value : row.result.values) {
      if (value.headline && std::find(names.begin(), names.end(), value.metric) == names.end()) names.push_back(value.metric);
    }
  }
  return names;
}

/// Display width: continuation bytes of UTF-8 take no column.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

std::string aligned(const std::vector<std::vector<std::string>>& lines) {
  std::vector<std::size_t> widths;
  for (const auto& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]));
  }
  std::string text;
  for (std::size_t row = 0; row < lines.size(); ++row) {
    std::string line;
    for (std::size_t i = 0; i < lines[row].size(); ++i) {
      line += (i ? "  " : "") + lines[row][i] + std::string(widths[i] - width_of(lines[row][i]), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
    if (row == 0) {
      std::string rule;
      for (std::size_t i = 0; i < widths.size(); ++i) rule += (i ? "  " : "") + std::string(widths[i], '-');
      text += rule + "\n";
    }
  }
  return text;
}

std::string results_table(const std::vector<TableRow>& rows, double confidence) {
  const auto metrics = metric_names(rows);
  char percent[16];
  std::snprintf(percent, sizeof percent, "%g%%", confidence * 100);
  const bool domains = std::any_of(rows.begin(), rows.end(), [](const TableRow& row) { return row.domain != "-"; });
  std::vector<std::vector<std::string>> lines{{"model", "dataset"}};
  if (domains) lines[0].push_back("domain");
  lines[0].insert(lines[0].end(), {"adapter", "scored", "failed"});
  for (const std::string& metric : metrics) lines[0].push_back(metric + " [" + percent + " CI]");
  std::string notes;
  for (const TableRow& row : rows) {
    std::vector<std::string> line{row.model, row.dataset};
    if (domains) line.push_back(row.domain);
    line.insert(line.end(), {row.adapter, std::to_string(row.result.scored), std::to_string(row.result.errored)});
    if (row.trained_on) {
      const std::string note = row.model + " is known to have been trained on " + row.dataset + "\n";
      if (notes.find(note) == notes.npos) notes += note;
    }
    for (const std::string& metric : metrics) {
      std::string text = "-";
      for (const ResultValue& value : row.result.values) {
        if (!value.headline || value.metric != metric) continue;
        text = cell(value);
        if (!value.reason.empty()) {
          notes += row.model + "/" + row.dataset + "/" + row.adapter + ": " + metric + ": " + value.reason + "\n";
        }
      }
      line.push_back(text);
    }
    lines.push_back(std::move(line));
  }
  return aligned(lines) + (notes.empty() ? "" : "\n" + notes);
}

std::string results_json(const std::vector<TableRow>& rows) {
  using json = nlohmann::ordered_json;
  json list = json::array();
  for (const TableRow& row : rows) {
    json values = json::array();
    for (const ResultValue& value : row.result.values) {
      values.push_back({{"metric", value.metric},
                        {"name", value.name},
                        {"value", number_or_null(value.interval.value)},
                        {"ci_low", number_or_null(value.interval.low)},
                        {"ci_high", number_or_null(value.interval.high)},
                        {"std", number_or_null(value.interval.std)}});
      if (!value.reason.empty()) values.back()["reason"] = value.reason;
    }
    list.push_back({{"model", row.model},
                    {"dataset", row.dataset},
                    {"adapter", row.adapter},
                    {"domain", row.domain},
                    {"trained_on", row.trained_on},
                    {"complete", row.result.complete},
                    {"samples", row.result.samples},
                    {"scored", row.result.scored},
                    {"errored", row.result.errored},
                    {"missing", row.result.missing},
                    {"metrics", values}});
  }
  return list.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace medvlm::launcher
