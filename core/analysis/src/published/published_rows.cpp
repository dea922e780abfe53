#include "published_rows.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "medvlm/base/error.hpp"
#include "medvlm/base/options.hpp"

namespace medvlm::analysis {
namespace {

constexpr std::size_t kShown = 20;

/// Neither a model nor a test set is larger: whatever the unit.
constexpr double kMostCounted = 1e13;

constexpr std::array<const char*, 5> kRequired = {"model", "dataset", "method", "metric", "value"};

std::string lower(std::string text) {
  for (char& letter : text) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return text;
}

bool says_nothing(const std::string& text) {
  static const std::vector<std::string> nothing = {"", "na", "n/a", "nan", "none", "null", "-", "\xE2\x80\x93", "\xE2\x80\x94"};
  return std::find(nothing.begin(), nothing.end(), lower(text)) != nothing.end();
}

/// What one model parameter counts as in "model_size_M_params"; 0 for other metrics.
double parameter_unit(const std::string& metric) {
  static const std::map<std::string, double> units = {{"model_size_params", 1},
                                                      {"model_size_k_params", 1e3},
                                                      {"model_size_m_params", 1e6},
                                                      {"model_size_b_params", 1e9}};
  const auto found = units.find(lower(metric));
  return found == units.end() ? 0 : found->second;
}

bool of_test_set(const std::string& subset) {
  const std::string word = lower(subset);
  return word.empty() || word == "test" || word == "all" || word == "overall";
}

class RowReader {
 public:
  RowReader(const std::vector<CsvCell>& header, const std::string& file, Complaints& complaints)
      : complaints_(complaints), width_(header.size()) {
    for (std::size_t i = 0; i < header.size(); ++i) {
      std::string name = lower(header[i].text);
      if (name == "adapter") name = "method";
      if (!columns_.emplace(name, i).second) complaints_.add(header[i], "the column '" + header[i].text + "' is there twice");
    }
    for (const char* name : kRequired) {
      if (!columns_.contains(name)) refuse_header(header, name, file);
    }
  }

  PublishedRow read(const std::vector<CsvCell>& cells) {
    PublishedRow row;
    if (cells.size() != width_) {
      complaints_.add(cells[std::min(cells.size() - 1, width_)], "the row has " + std::to_string(cells.size()) + " cells, the header " +
                                                                     std::to_string(width_) + "; text with commas goes into double quotes");
      return skip(row, "");
    }
    row.model = cell(cells, "model");
    row.dataset = cell(cells, "dataset");
    row.adapter = cell(cells, "method");
    row.metric = cell(cells, "metric");
    row.task = lower(cell(cells, "task").text);
    row.table = cell(cells, "table").text;
    row.subset = cell(cells, "subset").text;
    row.number = cell(cells, "value");
    row.value = number(row.number);
    row.low = number(cell(cells, "ci_low"));
    row.high = number(cell(cells, "ci_high"));
    row.std = number(cell(cells, "std"));
    classify(row);
    if (row.kind == RowKind::value) check(row, cells);
    return row;
  }

 private:
  static PublishedRow& skip(PublishedRow& row, const std::string& why) {
    row.kind = RowKind::skipped;
    row.why = why;
    return row;
  }

  [[noreturn]] static void refuse_header(const std::vector<CsvCell>& header, const std::string& name, const std::string& file) {
    std::vector<std::string> known;
    std::string line;
    for (const CsvCell& cell : header) {
      known.push_back(cell.text);
      line += cell.text;
    }
    const bool other = header.size() == 1 && line.find_first_of(";\t") != line.npos;
    throw Error(ErrorCode::data, file + ":1:1: there is no column '" + name + "'" + (name == "method" ? " (or 'adapter')" : "") +
                                     (other ? "; separate the columns by commas" : suggestion(name, known)) +
                                     "; needed are model, dataset, method, metric and value");
  }

  CsvCell cell(const std::vector<CsvCell>& cells, const std::string& column) const {
    const auto found = columns_.find(column);
    if (found == columns_.end()) return CsvCell{"", cells.front().line, 1};
    return cells[found->second];
  }

  double number(const CsvCell& cell) {
    if (says_nothing(cell.text)) return std::numeric_limits<double>::quiet_NaN();
    double value = 0;
    const char* end = cell.text.data() + cell.text.size();
    const auto [stopped, error] = std::from_chars(cell.text.data(), end, value);
    if (error == std::errc() && stopped == end && std::isfinite(value)) return value;
    complaints_.add(cell, "'" + cell.text + "' is no number; write e.g. 51.74, without percent sign, blanks or thousands separators");
    return std::numeric_limits<double>::quiet_NaN();
  }

  void classify(PublishedRow& row) {
    const bool size = parameter_unit(row.metric.text) != 0;
    const bool samples = lower(row.metric.text) == "n_samples";
    if ((size || samples) && (row.value < 0 || row.value > kMostCounted)) {
      complaints_.add(row.number, "'" + row.number.text + "' cannot be a number of " + (size ? "parameters" : "samples"));
    } else if (std::isnan(row.value)) {
      skip(row, size ? "a model's size without a number" : samples ? "a count of samples without a number" : "no value");
    } else if (size && !row.model.text.empty() && row.adapter.text.empty()) {
      row.kind = RowKind::model_size;
      row.value *= parameter_unit(row.metric.text);
    } else if (samples && !row.dataset.text.empty() && row.adapter.text.empty()) {
      row.kind = RowKind::sample_count;
      if (!of_test_set(row.subset)) skip(row, "samples of the subset " + row.subset);
    } else if (row.model.text.empty() || row.dataset.text.empty() || row.adapter.text.empty() || row.metric.text.empty()) {
      skip(row, "no model, dataset, method or metric");
    } else if (lower(row.subset) == "train" || lower(row.subset) == "validation") {
      skip(row, "values on the subset " + row.subset);
    } else {
      row.kind = RowKind::value;
      if (of_test_set(row.subset)) row.subset.clear();
    }
  }

  void check(PublishedRow& row, const std::vector<CsvCell>& cells) {
    if (row.low > row.high) complaints_.add(cell(cells, "ci_low"), "the interval's lower end is above its upper end");
    if (row.std < 0) complaints_.add(cell(cells, "std"), "a standard deviation cannot be below 0");
    if (!row.task.empty() && row.task != "diagnosis" && row.task != "vqa") {
      complaints_.add(cell(cells, "task"), "'" + row.task + "' is no task; known: diagnosis, vqa");
    }
    const CsvCell direction = cell(cells, "higher_is_better");
    const std::string word = lower(direction.text);
    row.higher_is_better = word.empty() || word == "true" || word == "yes" || word == "1";
    if (!row.higher_is_better && word != "false" && word != "no" && word != "0") {
      complaints_.add(direction, "'" + direction.text + "' is neither true nor false");
    }
  }

  Complaints& complaints_;
  std::size_t width_;
  std::map<std::string, std::size_t> columns_;
};

}  // namespace

void Complaints::add(const CsvCell& cell, const std::string& what) {
  lines_.push_back(file_ + ":" + std::to_string(cell.line) + ":" + std::to_string(cell.column) + ": " + what);
}

void Complaints::refuse() const {
  if (lines_.empty()) return;
  std::string message;
  if (lines_.size() > 1) message = std::to_string(lines_.size()) + " errors in the table";
  for (std::size_t i = 0; i < std::min(lines_.size(), kShown); ++i) message += (message.empty() ? "" : "\n") + lines_[i];
  if (lines_.size() > kShown) message += "\nand " + std::to_string(lines_.size() - kShown) + " more";
  throw Error(ErrorCode::data, message);
}

std::vector<PublishedRow> published_rows(const std::string& text, const std::string& file, Complaints& complaints) {
  const auto cells = csv_rows(text, file);
  if (cells.empty()) throw Error(ErrorCode::data, file + " is empty; it needs a header and rows");
  RowReader reader(cells.front(), file, complaints);
  std::vector<PublishedRow> rows;
  for (std::size_t i = 1; i < cells.size(); ++i) rows.push_back(reader.read(cells[i]));
  return rows;
}

}  // namespace medvlm::analysis
