// Workbooks by openpyxl (tests/peers/make_workbooks.py), and workbooks that are wrong.
#include <doctest/doctest.h>

#include <cstdlib>

#include <nlohmann/json.hpp>

#include "made_workbook.hpp"
#include "medvlm/base/random.hpp"
#include "medvlm/sdk/table/fields.hpp"
#include "medvlm/sdk/table/xlsx.hpp"
#include "scratch_folder.hpp"

using namespace medvlm;
using namespace medvlm::sdk;
using medvlm::test::contains;
using medvlm::test::error_of;
using medvlm::test::make_workbook;
using medvlm::test::make_zip;
using medvlm::test::workbook_parts;

namespace {

// These are no goldens of a reference library but of our own scripts, so they stay where they are.
std::filesystem::path workbook(const std::string& name) {
  return std::filesystem::path(MEDVLM_GOLDENS_DEFAULT) / "table" / "xlsx" / name;
}

/// Rows of a table against what openpyxl reads: texts are equal, numbers have the same value.
void check_rows(const Table& table, const nlohmann::json& rows) {
  REQUIRE(table.size() == rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    CHECK(table.line(row) == rows[row][0].get<std::int64_t>());
    for (std::size_t column = 0; column < table.columns().size(); ++column) {
      const std::string found(table.cell(row, column));
      CAPTURE(found);
      const auto& value = rows[row][1][column];
      if (value.is_string()) CHECK(found == value.get<std::string>());
      if (value.is_object()) CHECK(to_number(found) == value["number"].get<double>());
    }
  }
}

nlohmann::json expected(const std::string& name) {
  return nlohmann::json::parse(read_file(workbook("expected.json")))[name];
}

std::string refused(const std::string& bytes, const XlsxFormat& format = {}) {
  return error_of([&] { parse_xlsx(bytes, "book.xlsx", format); });
}

const std::string kHeader = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>id</t></is></c></row>";

}  // namespace

TEST_CASE("a header over several rows with merged titles is found by its names") {
  const Table table = read_xlsx(workbook("clinical.xlsx"), {.sheet = "", .header = {"ID", "Age", "Diagnosis"}});
  CHECK(table.columns() == std::vector<std::string>{"ID", "Age", "Gender", "Diagnosis", "dioptre_1", "dioptre_2",
                                                    "astigmatism", "Phakic/Pseudophakic", "Pneumatic", "Perkins",
                                                    "Pachymetry", "Axial_Length", "VF_MD"});
  check_rows(table, expected("clinical")["rows"]);
  CHECK(table.cell(1, table.column("ID")) == "#004");
  CHECK(table.place(0) == workbook("clinical.xlsx").string() + " [OD]:4");
}

TEST_CASE("texts, numbers, booleans and empty cells are those that openpyxl wrote") {
  const Table table = read_xlsx(workbook("kinds.xlsx"), {.sheet = "cells & kinds", .header = {}});
  check_rows(table, expected("kinds")["rows"]);
  CHECK(table.cell(3, 1) == "12345678901234");
}

TEST_CASE("columns are placed by their letters; what is right of the header is left out") {
  const Table table = read_xlsx(workbook("columns.xlsx"));
  CHECK(table.columns().size() == 28);
  CHECK(table.size() == 1);
  CHECK(table.line(0) == 3);
  CHECK(table.cell(0, table.column("ab")) == "28");
  CHECK(table.cell(0, 1) == "2");
}

TEST_CASE("read_table() takes workbooks by their extension") {
  CHECK(read_table(workbook("columns.xlsx")).columns().size() == 28);
}

TEST_CASE("runs of a shared string are joined, hints left out, and prefixes of names do not matter") {
  const Table table = parse_xlsx(
      make_workbook("<x:row><x:c t=\"s\"><x:v>0</x:v></x:c><x:c t=\"s\"><x:v>1</x:v></x:c></x:row>"
                    "<x:row><x:c><x:v>5.0</x:v></x:c><x:c t=\"b\"><x:v>1</x:v></x:c></x:row>",
                    "<si><r><t>a</t></r><r><t xml:space=\"preserve\"> b</t></r><rPh><t>hint</t></rPh></si>"
                    "<si><t>c</t></si>"),
      "book.xlsx");
  CHECK(table.columns() == std::vector<std::string>{"a b", "c"});
  CHECK(table.cell(0, 0) == "5");
  CHECK(table.cell(0, 1) == "true");
}

TEST_CASE("numbers take their shortest form that keeps the value") {
  const auto written = [](const std::string& number) {
    const Table table = parse_xlsx(make_workbook(kHeader + "<row><c><v>" + number + "</v></c></row>"), "book.xlsx");
    return std::string(table.cell(0, 0));
  };
  CHECK(written("47") == "47");
  CHECK(written("4.7E1") == "47");
  CHECK(written("0.30000000000000004") == "0.30000000000000004");
  CHECK(written("21.830000000000002") == "21.830000000000002");
}

TEST_CASE("a file that is no workbook is refused") {
  CHECK(contains(refused("hello"), "data: book.xlsx: this is no .xlsx workbook"));
  CHECK(contains(refused(""), "the file is empty"));
  CHECK(contains(refused("\xd0\xcf\x11\xe0 and more"), "an old .xls file or a workbook with a password"));
  CHECK(contains(refused(make_zip({{"a.txt", "text"}})), "has no part xl/workbook.xml"));
  CHECK(contains(error_of([] { read_xlsx("/nowhere/a.xlsx"); }), "/nowhere/a.xlsx: the file does not exist"));
}

TEST_CASE("a sheet or a column that is not there is told with those that are") {
  const std::string book = make_workbook(kHeader);
  CHECK(contains(refused(book, {.sheet = "T", .header = {}}), "book.xlsx: there is no sheet 'T'; sheets present: S"));
  CHECK(contains(refused(book, {.sheet = "", .header = {"Age"}}),
                 "book.xlsx [S]: there is no column 'Age' in the header; texts in the first rows: id"));
  CHECK(contains(refused(make_workbook("")), "the sheet is empty"));
}

TEST_CASE("a column name used twice is refused") {
  const std::string cell = "<c t=\"str\"><v>a</v></c>";
  CHECK(contains(refused(make_workbook("<row>" + cell + cell + "</row>")), "column 'a' twice"));
}

TEST_CASE("bad cells are told with sheet and cell") {
  const auto bad = [](const std::string& cells) {
    return refused(make_workbook(kHeader + "<row r=\"2\">" + cells + "</row>"));
  };
  CHECK(contains(bad("<c r=\"C2\"><v>1x</v></c>"), "book.xlsx: sheet 'S': cell C2: '1x' is no number"));
  CHECK(contains(bad("<c r=\"A2\" t=\"s\"><v>3</v></c>"), "cell A2: there is no shared string 3"));
  CHECK(contains(bad("<c r=\"AA2\" t=\"e\"><v>#REF!</v></c>"), "cell AA2: the value is the error #REF!"));
  CHECK(contains(bad("<c r=\"A2\" t=\"str\"><v>\xff</v></c>"), "cell A2: the text is not UTF-8"));
  CHECK(contains(bad("<c r=\"A3\"><v>1</v></c>"), "cell A3 in row 2 is out of place"));
  CHECK(contains(bad("<c r=\"B2\"><v>1</v></c><c r=\"A2\"><v>1</v></c>"), "cell A2 in row 2 is out of place"));
  CHECK(contains(bad("<c r=\"XFE2\"><v>1</v></c>"), "cell XFE2"));
  CHECK(bad("<c r=\"A2\" t=\"e\"><v>#N/A</v></c>").empty());
  CHECK(contains(refused(make_workbook(kHeader + "<row r=\"1\"/>")), "row 1 comes after row 1"));
}

TEST_CASE("damaged parts are refused by name") {
  auto parts = workbook_parts(kHeader);
  parts["book/s.xml"] = "<worksheet><sheetData>";
  CHECK(contains(refused(make_zip(parts)), "the part book/s.xml is no well-formed XML at byte"));
  parts["book/s.xml"] = "<chartsheet/>";
  CHECK(contains(refused(make_zip(parts)), "has no cells"));
  parts.erase("book/s.xml");
  CHECK(contains(refused(make_zip(parts)), "has no part book/s.xml"));
}

TEST_CASE("parts and tables beyond the limits are refused before they take memory") {
  auto parts = workbook_parts(kHeader);
  parts["book/s.xml"] = std::string((std::size_t{128} << 20) + 1, ' ');
  CHECK(contains(refused(make_zip(parts)), "unpacks to more than 128 MiB"));
  std::string rows = "<row r=\"1\"><c r=\"XFD1\" t=\"str\"><v>far</v></c></row>";
  for (int i = 2; i < 4000; ++i) rows += "<row><c><v>1</v></c></row>";
  CHECK(contains(refused(make_workbook(rows)), "more than 50 million cells"));
}

TEST_CASE("damaged workbooks end in an error or a table, never in a crash") {
  const std::string good = read_file(workbook("clinical.xlsx"));
  Splitmix64 random(11);
  int errors = 0;
  for (int i = 0; i < 1000; ++i) {
    std::string bytes = good;
    for (std::uint32_t flip = 0; flip <= random.below(6); ++flip) {
      bytes[random.below(static_cast<std::uint32_t>(bytes.size()))] = static_cast<char>(random.below(256));
    }
    errors += !refused(i % 2 ? bytes : bytes.substr(0, random.below(static_cast<std::uint32_t>(bytes.size())))).empty();
  }
  CHECK(errors > 500);
}
