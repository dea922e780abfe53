#include "medvlm/sdk/table/csv.hpp"

#include <algorithm>

#include "utf8.hpp"

namespace medvlm::sdk {
namespace {

/// Cuts CSV text into records.
class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& origin, char delimiter)
      : text_(text), origin_(origin), delimiter_(delimiter) {}

  /// Reads the next record that is not a blank line; false at the end.
  bool next(std::vector<std::string>& fields) {
    while (at_ < text_.size()) {
      record_line_ = line_;
      fields.clear();
      bool quoted = false;
      do {
        fields.emplace_back();
        quoted = read_field(fields.back()) || quoted;
      } while (take_delimiter());
      take_line_end();
      if (fields.size() > 1 || quoted || !fields[0].empty()) return true;
    }
    return false;
  }

  /// The line on which the last record begins.
  std::int64_t line() const { return record_line_; }

  [[noreturn]] void fail(std::int64_t line, const std::string& message) const {
    throw Error(ErrorCode::data, origin_ + ":" + std::to_string(line) + ": " + message);
  }

 private:
  bool ends_field(char c) const { return c == delimiter_ || c == '\n' || c == '\r'; }

  /// Returns whether the field was quoted.
  bool read_field(std::string& field) {
    if (at_ < text_.size() && text_[at_] == '"') {
      read_quoted(field);
      return true;
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() && !ends_field(text_[at_])) {
      if (text_[at_] == '"') {
        fail(line_, "a quote stands inside an unquoted field; quote the whole field and double the quotes in it");
      }
      ++at_;
    }
    field = text_.substr(begin, at_ - begin);
    return false;
  }

  void read_quoted(std::string& field) {
    const std::int64_t opened = line_;
    ++at_;
    for (;;) {
      if (at_ == text_.size()) fail(opened, "the quote opened on this line is never closed");
      const char c = text_[at_++];
      if (c == '"') {
        if (at_ == text_.size() || text_[at_] != '"') break;
        ++at_;
      } else if (c == '\n' || (c == '\r' && (at_ == text_.size() || text_[at_] != '\n'))) {
        ++line_;
      }
      field += c;
    }
    if (at_ < text_.size() && !ends_field(text_[at_])) {
      fail(line_, "text follows a closing quote; quotes inside a quoted field must be doubled");
    }
  }

  bool take_delimiter() {
    if (at_ == text_.size() || text_[at_] != delimiter_) return false;
    ++at_;
    return true;
  }

  void take_line_end() {
    if (at_ == text_.size()) return;
    const bool pair = text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n';
    at_ += pair ? 2 : 1;
    ++line_;
  }

  std::string_view text_;
  const std::string& origin_;
  char delimiter_;
  std::size_t at_ = 0;
  std::int64_t line_ = 1;
  std::int64_t record_line_ = 1;
};

char guess_delimiter(std::string_view text) {
  const std::string_view header = text.substr(0, text.find_first_of("\r\n"));
  return header.find('\t') != std::string_view::npos && header.find(',') == std::string_view::npos ? '\t' : ',';
}

void check_header(const CsvReader& reader, const std::vector<std::string>& names) {
  std::vector<std::string> sorted = names;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (!sorted[i].empty() && sorted[i] == sorted[i - 1]) {
      reader.fail(reader.line(), "the header names column '" + sorted[i] + "' twice");
    }
  }
}

}  // namespace

Table parse_csv(std::string_view text, const std::string& origin, const CsvFormat& format) {
  check_text(text, origin);
  text = without_mark(text);
  CsvReader reader(text, origin, format.delimiter != 0 ? format.delimiter : guess_delimiter(text));
  std::vector<std::string> fields;
  if (!reader.next(fields)) reader.fail(1, "the file is empty; a header row with the names of the columns is needed");
  check_header(reader, fields);
  Table table(origin, fields);
  while (reader.next(fields)) {
    if (fields.size() != table.columns().size()) {
      reader.fail(reader.line(), "the row has " + std::to_string(fields.size()) + " fields, but the header has " +
                                     std::to_string(table.columns().size()) +
                                     "; quote fields that hold the separator");
    }
    table.add_row(fields, reader.line());
  }
  return table;
}

Table read_csv(const std::filesystem::path& file, const CsvFormat& format) {
  return parse_csv(read_table_text(file.string()), file.string(), format);
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace medvlm::sdk
