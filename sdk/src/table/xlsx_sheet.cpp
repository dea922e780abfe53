#include "xlsx_sheet.hpp"

#include <charconv>
#include <optional>

#include "medvlm/sdk/table/fields.hpp"
#include "utf8.hpp"

namespace medvlm::sdk::xlsx {
namespace {

constexpr std::int64_t kMaxRow = 1'048'576;     // Excel's own limits
constexpr std::size_t kMaxColumn = 16'384;

/// The folder part of a part's name: "xl/" of "xl/workbook.xml".
std::string folder_of(const std::string& part) { return part.substr(0, part.rfind('/') + 1); }

/// A target of a relationship, which is relative to the part that has it, or absolute.
std::string resolved(const std::string& part, const std::string& target) {
  return target.starts_with('/') ? target.substr(1) : folder_of(part) + target;
}

/// The part to which a relationship of `part` leads; the relationship is named by id or by the end of its type.
std::string related(const Archive& archive, const std::string& part, const std::string& id, const std::string& type) {
  const std::string folder = folder_of(part);
  const std::string list = folder + "_rels/" + part.substr(folder.size()) + ".rels";
  if (!archive.has(list)) return "";
  const auto document = archive.xml(list);
  for (const pugi::xml_node& each : document->document_element().children()) {
    if (id.empty() ? attribute(each, "Type").ends_with(type) : attribute(each, "Id") == id) {
      return resolved(part, attribute(each, "Target"));
    }
  }
  return "";
}

/// All text of a string item: plain, or in runs of equal format. Pronunciation hints are no text.
std::string text_of(const pugi::xml_node& item) {
  std::string text;
  for (const pugi::xml_node& part : item.children()) {
    if (local_name(part) == "t") text += part.child_value();
    if (local_name(part) == "r") text += child(part, "t").child_value();
  }
  return text;
}

std::vector<std::string> read_shared_strings(const Archive& archive, const std::string& workbook) {
  const std::string part = related(archive, workbook, "", "/sharedStrings");
  std::vector<std::string> strings;
  if (part.empty()) return strings;
  const auto document = archive.xml(part);
  for (const pugi::xml_node& item : document->document_element().children()) {
    if (local_name(item) == "si") strings.push_back(text_of(item));
  }
  return strings;
}

/// Name and part of the wanted sheet.
std::pair<std::string, std::string> find_sheet(const Archive& archive, const std::string& workbook,
                                               const std::string& wanted) {
  const auto document = archive.xml(workbook);
  std::string names;
  for (const pugi::xml_node& each : child(document->document_element(), "sheets").children()) {
    if (local_name(each) != "sheet") continue;
    const std::string name = attribute(each, "name");
    if (!wanted.empty() && name != wanted) {
      names += (names.empty() ? "" : ", ") + name;
      continue;
    }
    const pugi::xml_attribute id = each.find_attribute(
        [](const pugi::xml_attribute& a) { return std::string_view(a.name()).ends_with(":id"); });
    const std::string part = related(archive, workbook, id.value(), "");
    if (id.empty() || part.empty()) archive.fail("the sheet '" + name + "' has no content; the workbook is damaged");
    return {name, part};
  }
  if (wanted.empty()) archive.fail("the workbook has no sheets");
  archive.fail("there is no sheet '" + wanted + "'; sheets present: " + names);
}

struct Position {
  std::size_t column = 0;
  std::int64_t row = 0;
};

/// "B7" as column 1 and row 7.
std::optional<Position> parse_position(std::string_view name) {
  Position position;
  std::size_t at = 0;
  for (; at < name.size() && name[at] >= 'A' && name[at] <= 'Z' && position.column <= kMaxColumn; ++at) {
    position.column = position.column * 26 + static_cast<std::size_t>(name[at] - 'A') + 1;
  }
  const auto [end, error] = std::from_chars(name.data() + at, name.data() + name.size(), position.row);
  if (at == 0 || error != std::errc{} || end != name.data() + name.size() || position.row < 1 ||
      position.row > kMaxRow || position.column > kMaxColumn) {
    return std::nullopt;
  }
  --position.column;
  return position;
}

/// Reads the cells of one sheet.
class SheetReader {
 public:
  SheetReader(const Archive& archive, std::vector<std::string> strings, std::string name)
      : archive_(archive), strings_(std::move(strings)) {
    sheet_.name = std::move(name);
  }

  Sheet read(const std::string& part) {
    const auto document = archive_.xml(part);
    const pugi::xml_node data = child(document->document_element(), "sheetData");
    if (!data) archive_.fail("the sheet '" + sheet_.name + "' has no cells; it may be a chart");
    for (const pugi::xml_node& row : data.children()) {
      if (local_name(row) == "row") read_row(row);
    }
    return std::move(sheet_);
  }

 private:
  void read_row(const pugi::xml_node& node) {
    const auto given = to_integer(attribute(node, "r"));
    Row row;
    row.number = given.value_or(last_row_ + 1);  // the number may be left out
    if (row.number <= last_row_ || row.number > kMaxRow) {
      fail("row " + std::to_string(row.number) + " comes after row " + std::to_string(last_row_));
    }
    last_row_ = row.number;
    std::size_t next = 0;
    for (const pugi::xml_node& cell : node.children()) {
      if (local_name(cell) == "c") read_cell(cell, row, next);
    }
    if (!row.cells.empty()) sheet_.rows.push_back(std::move(row));
  }

  void read_cell(const pugi::xml_node& cell, Row& row, std::size_t& next) {
    const std::string name = attribute(cell, "r");
    Position position{next, row.number};
    if (!name.empty()) {
      const auto parsed = parse_position(name);
      if (!parsed || parsed->row != row.number || parsed->column < next) {
        fail("cell " + name + " in row " + std::to_string(row.number) + " is out of place");
      }
      position = *parsed;
    }
    next = position.column + 1;
    std::string text = read_value(cell, cell_name(position.column, position.row));
    if (!text.empty()) row.cells.emplace_back(position.column, std::move(text));
  }

  std::string read_value(const pugi::xml_node& cell, const std::string& place) const {
    const std::string type = attribute(cell, "t");
    if (type == "inlineStr") return checked(text_of(child(cell, "is")), place);
    const std::string value = child(cell, "v").child_value();
    if (value.empty()) return "";
    if (type == "s") {
      const auto index = to_integer(value);
      if (!index || *index < 0 || static_cast<std::size_t>(*index) >= strings_.size()) {
        fail("cell " + place + ": there is no shared string " + value + "; the workbook is damaged");
      }
      return checked(strings_[static_cast<std::size_t>(*index)], place);
    }
    if (type == "str" || type == "d") return checked(value, place);
    if (type == "b") return value == "0" || value == "false" ? "false" : "true";
    if (type == "e") {
      if (value == "#N/A") return "";
      fail("cell " + place + ": the value is the error " + value + "; correct it in the spreadsheet program");
    }
    const auto number = to_number(value);
    if (!number) fail("cell " + place + ": '" + value + "' is no number");
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof(digits), *number).ptr};
  }

  std::string checked(std::string text, const std::string& place) const {
    if (find_bad_utf8(text)) fail("cell " + place + ": the text is not UTF-8");
    return text;
  }

  [[noreturn]] void fail(const std::string& message) const {
    archive_.fail("sheet '" + sheet_.name + "': " + message);
  }

  const Archive& archive_;
  std::vector<std::string> strings_;
  Sheet sheet_;
  std::int64_t last_row_ = 0;
};

}  // namespace

Sheet read_sheet(const Archive& archive, const std::string& name) {
  std::string workbook = related(archive, "", "", "/officeDocument");
  if (workbook.empty()) workbook = "xl/workbook.xml";
  const auto [found, part] = find_sheet(archive, workbook, name);
  return SheetReader(archive, read_shared_strings(archive, workbook), found).read(part);
}

std::string cell_name(std::size_t column, std::int64_t row) {
  std::string letters;
  for (++column; column > 0; column = (column - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
  }
  return letters + std::to_string(row);
}

}  // namespace medvlm::sdk::xlsx
