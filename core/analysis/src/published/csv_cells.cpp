#include "csv_cells.hpp"

#include "medvlm/base/error.hpp"

namespace medvlm::analysis {
namespace {

class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& name) : text_(text), name_(name) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (text_.starts_with(mark)) text_.remove_prefix(mark.size());
  }

  std::vector<std::vector<CsvCell>> rows() {
    std::vector<std::vector<CsvCell>> rows;
    while (at_ < text_.size()) {
      std::vector<CsvCell> row = read_row();
      if (row.size() > 1 || !row.front().text.empty()) rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  std::vector<CsvCell> read_row() {
    std::vector<CsvCell> row;
    for (;;) {
      row.push_back(read_cell());
      if (!skip(',')) break;
    }
    skip('\r');
    skip('\n');
    return row;
  }

  CsvCell read_cell() {
    skip_blanks();
    CsvCell cell{"", line_, at_ - line_begin_ + 1};
    if (skip('"')) {
      read_quoted(cell);
      skip_blanks();
      if (!at_end_of_cell()) refuse(line_, at_ - line_begin_ + 1, "text after the closing quote; put all of the cell within the quotes");
      return cell;
    }
    const std::size_t begin = at_;
    while (!at_end_of_cell()) ++at_;
    cell.text = std::string(text_.substr(begin, at_ - begin));
    cell.text.erase(cell.text.find_last_not_of(" \t") + 1);
    return cell;
  }

  void read_quoted(CsvCell& cell) {
    for (; at_ < text_.size(); advance()) {
      if (text_[at_] != '"') {
        cell.text += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        cell.text += '"';
        ++at_;
      } else {
        ++at_;
        return;
      }
    }
    refuse(cell.line, cell.column, "the quote that begins here is never closed");
  }

  bool at_end_of_cell() const {
    return at_ == text_.size() || text_[at_] == ',' || text_[at_] == '\n' || text_[at_] == '\r';
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  bool skip(char expected) {
    if (at_ == text_.size() || text_[at_] != expected) return false;
    advance();
    return true;
  }

  void advance() {
    const bool ends = text_[at_] == '\n' || (text_[at_] == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] != '\n'));
    ++at_;
    if (!ends) return;
    ++line_;
    line_begin_ = at_;
  }

  [[noreturn]] void refuse(std::size_t line, std::size_t column, const std::string& what) const {
    throw Error(ErrorCode::data, name_ + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + what);
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0, line_ = 1, line_begin_ = 0;
};

}  // namespace

std::vector<std::vector<CsvCell>> csv_rows(std::string_view text, const std::string& name) {
  return CsvReader(text, name).rows();
}

}  // namespace medvlm::analysis
