#include "medvlm/sdk/table/xlsx.hpp"

#include <algorithm>
#include <set>

#include "medvlm/sdk/table/fields.hpp"
#include "utf8.hpp"
#include "xlsx_sheet.hpp"

namespace medvlm::sdk {
namespace {

constexpr std::size_t kMaxCells = 50'000'000;
constexpr std::size_t kMaxHeaderRows = 20;

/// The names of the columns and how many rows they take.
class Header {
 public:
  Header(const xlsx::Sheet& sheet, const std::string& origin, const std::vector<std::string>& wanted)
      : origin_(origin), missing_(wanted.begin(), wanted.end()) {
    if (sheet.rows.empty()) fail("the sheet is empty; a header row with the names of the columns is needed");
    do {
      add(sheet.rows[rows_++]);
    } while (!missing_.empty() && rows_ < sheet.rows.size() && rows_ < kMaxHeaderRows);
    if (!missing_.empty()) {
      std::string present;
      for (const std::string& name : names_) present += name.empty() ? "" : (present.empty() ? "" : ", ") + name;
      fail("there is no column '" + *missing_.begin() + "' in the header; texts in the first rows: " + present);
    }
    check_names();
  }
  const std::vector<std::string>& names() const { return names_; }
  std::size_t rows() const { return rows_; }

 private:
  void add(const xlsx::Row& row) {
    for (const auto& [column, text] : row.cells) {
      const std::string name(trimmed(text));
      if (name.empty()) continue;
      missing_.erase(name);
      if (names_.size() <= column) names_.resize(column + 1);
      names_[column] = name;
    }
  }
  void check_names() const {
    std::set<std::string> seen;
    for (const std::string& name : names_) {
      if (!name.empty() && !seen.insert(name).second) fail("the header names column '" + name + "' twice");
    }
  }
  [[noreturn]] void fail(const std::string& message) const { throw Error(ErrorCode::data, origin_ + ": " + message); }

  const std::string& origin_;
  std::set<std::string> missing_;
  std::vector<std::string> names_;
  std::size_t rows_ = 0;
};

}  // namespace

Table parse_xlsx(std::string_view bytes, const std::string& origin, const XlsxFormat& format) {
  const xlsx::Archive archive(bytes, origin);
  const xlsx::Sheet sheet = xlsx::read_sheet(archive, format.sheet);
  const std::string file = origin + " [" + sheet.name + "]";
  const Header header(sheet, file, format.header);
  const std::size_t width = header.names().size();
  if (width * sheet.rows.size() > kMaxCells) {
    throw Error(ErrorCode::data, file + ": more than 50 million cells; export the sheet as CSV");
  }
  Table table(file, header.names());
  std::vector<std::string> cells(width);
  for (std::size_t i = header.rows(); i < sheet.rows.size(); ++i) {
    std::fill(cells.begin(), cells.end(), std::string());
    bool any = false;
    for (const auto& [column, text] : sheet.rows[i].cells) {
      if (column >= width) break;
      cells[column] = text;
      any = true;
    }
    if (any) table.add_row(cells, sheet.rows[i].number);
  }
  return table;
}

Table read_xlsx(const std::filesystem::path& file, const XlsxFormat& format) {
  return parse_xlsx(read_table_text(file.string()), file.string(), format);
}

}  // namespace medvlm::sdk
