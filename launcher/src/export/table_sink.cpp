#include "table_sink.hpp"

#include <unistd.h>

#include <charconv>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "medvlm/base/error.hpp"

namespace medvlm::launcher {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

/// The shortest text that reads back to the same bits.
std::string number_text(double number) {
  char digits[64];
  return {digits, std::to_chars(digits, digits + sizeof digits, number).ptr};
}

/// A text file that appears when it is complete.
class TextSink : public TableSink {
 public:
  TextSink(fs::path file, std::vector<Column> columns)
      : file_(std::move(file)), columns_(std::move(columns)), out_(unfinished(file_), std::ios::binary) {
    if (!out_) {
      throw Error(ErrorCode::io,
                  "cannot write '" + unfinished(file_).string() + "'; check that its folder can be written to");
    }
  }
  ~TextSink() override {
    std::error_code ignored;
    if (!finished_) fs::remove(unfinished(file_), ignored);
  }
  void finish() override {
    out_.close();
    if (!out_) throw Error(ErrorCode::io, "cannot write '" + file_.string() + "'; is the disk full?");
    std::error_code error;
    fs::rename(unfinished(file_), file_, error);
    if (error) throw Error(ErrorCode::io, "cannot write '" + file_.string() + "': " + error.message());
    finished_ = true;
  }

 protected:
  const std::vector<Column>& columns() const { return columns_; }
  void put(const std::string& text) { out_ << text; }

 private:
  fs::path file_;
  std::vector<Column> columns_;
  std::ofstream out_;
  bool finished_ = false;
};

/// RFC 4180 with the line end of Unix; nothing is an empty field.
class CsvSink final : public TextSink {
 public:
  CsvSink(fs::path file, std::vector<Column> list) : TextSink(std::move(file), std::move(list)) {
    std::string line;
    for (const Column& column : columns()) line += (line.empty() ? "" : ",") + column.name;
    put(line + "\n");
  }
  void add(const std::vector<Cell>& row) override {
    check_row(columns(), row);
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += (i == 0 ? "" : ",") + field(row[i]);
    put(line + "\n");
  }

 private:
  static std::string field(const Cell& cell) {
    if (const auto* number = std::get_if<double>(&cell)) return std::isfinite(*number) ? number_text(*number) : "";
    if (const auto* integer = std::get_if<std::int64_t>(&cell)) return std::to_string(*integer);
    if (const auto* flag = std::get_if<bool>(&cell)) return *flag ? "true" : "false";
    const auto* text = std::get_if<std::string>(&cell);
    if (!text) return "";
    const bool outer_space = !text->empty() && (text->front() == ' ' || text->back() == ' ');
    if (text->find_first_of(",\"\n\r") == std::string::npos && !outer_space) return *text;
    std::string quoted = "\"";
    for (const char c : *text) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
  }
};

class JsonLinesSink final : public TextSink {
 public:
  using TextSink::TextSink;
  void add(const std::vector<Cell>& row) override {
    check_row(columns(), row);
    OrderedJson line = OrderedJson::object();
    for (std::size_t i = 0; i < row.size(); ++i) line[columns()[i].name] = value(row[i], columns()[i].type);
    put(line.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
  }

 private:
  static OrderedJson value(const Cell& cell, ColumnType type) {
    if (const auto* number = std::get_if<double>(&cell)) {
      return std::isfinite(*number) ? OrderedJson(*number) : OrderedJson(nullptr);
    }
    if (const auto* integer = std::get_if<std::int64_t>(&cell)) return *integer;
    if (const auto* flag = std::get_if<bool>(&cell)) return *flag;
    const auto* text = std::get_if<std::string>(&cell);
    if (!text) return nullptr;
    return type == ColumnType::json ? OrderedJson::parse(*text) : OrderedJson(*text);
  }
};

bool fits(const Cell& cell, ColumnType type) {
  if (std::holds_alternative<std::monostate>(cell)) return true;
  switch (type) {
    case ColumnType::text:
    case ColumnType::json: return std::holds_alternative<std::string>(cell);
    case ColumnType::integer: return std::holds_alternative<std::int64_t>(cell);
    case ColumnType::number: return std::holds_alternative<double>(cell);
    case ColumnType::flag: return std::holds_alternative<bool>(cell);
  }
  return false;
}

}  // namespace

TableSink::~TableSink() = default;

fs::path unfinished(const fs::path& file) { return file.string() + ".part" + std::to_string(::getpid()); }

void check_row(const std::vector<Column>& columns, const std::vector<Cell>& row) {
  bool good = row.size() == columns.size();
  for (std::size_t i = 0; good && i < row.size(); ++i) good = fits(row[i], columns[i].type);
  if (!good) throw Error(ErrorCode::internal, "a row does not fit the columns of its table");
}

std::unique_ptr<TableSink> make_sink(const std::string& format, const fs::path& file, std::vector<Column> columns) {
  if (format == "csv") return std::make_unique<CsvSink>(file, std::move(columns));
  if (format == "jsonl") return std::make_unique<JsonLinesSink>(file, std::move(columns));
  if (format == "parquet") return make_parquet_sink(file, std::move(columns));
  throw Error(ErrorCode::internal, "there is no format '" + format + "'");
}

}  // namespace medvlm::launcher
