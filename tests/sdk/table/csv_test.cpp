#include <doctest/doctest.h>

#include "medvlm/sdk/table/csv.hpp"
#include "scratch_folder.hpp"

using namespace medvlm;
using namespace medvlm::sdk;
using medvlm::test::contains;
using medvlm::test::error_of;

namespace {

std::string parse_error(std::string_view text) {
  return error_of([&] { parse_csv(text, "t.csv"); });
}

}  // namespace

TEST_CASE("a table has the header's columns and one row per record") {
  const Table table = parse_csv("a,b\n1,2\n3,4\n", "t.csv");
  CHECK(table.columns() == std::vector<std::string>{"a", "b"});
  REQUIRE(table.size() == 2);
  CHECK(table.cell(1, table.column("b")) == "4");
}

TEST_CASE("the last line needs no line end") { CHECK(parse_csv("a\n1\n2", "t.csv").size() == 2); }

TEST_CASE("quoted fields keep commas, doubled quotes and line ends") {
  const Table table = parse_csv("a,b\n\"x, \"\"y\"\"\nz\",2\n", "t.csv");
  REQUIRE(table.size() == 1);
  CHECK(table.cell(0, 0) == "x, \"y\"\nz");
}

TEST_CASE("LF, CRLF and CR end lines alike") {
  for (const char* text : {"a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4\r"}) {
    const Table table = parse_csv(text, "t.csv");
    REQUIRE(table.size() == 2);
    CHECK(table.cell(0, 1) == "2");
    CHECK(table.line(1) == 3);
  }
}

TEST_CASE("a byte order mark is not part of the first column's name") {
  CHECK(parse_csv("\xEF\xBB\xBFid\n1\n", "t.csv").columns()[0] == "id");
}

TEST_CASE("a row after a field with line ends knows its line") {
  const Table table = parse_csv("a\n\"1\n2\r\n3\"\n4\n", "t.csv");
  CHECK(table.line(0) == 2);
  CHECK(table.line(1) == 5);
  CHECK(table.place(1) == "t.csv:5");
}

TEST_CASE("blank lines are skipped and counted") {
  const Table table = parse_csv("a,b\n\n1,2\n\n", "t.csv");
  REQUIRE(table.size() == 1);
  CHECK(table.line(0) == 3);
}

TEST_CASE("a quoted empty field is a row") { CHECK(parse_csv("a\n\"\"\n", "t.csv").size() == 1); }

TEST_CASE("empty fields are kept at both ends of a row") {
  const Table table = parse_csv("a,b,c\n,x,\n", "t.csv");
  CHECK(table.cell(0, 0).empty());
  CHECK(table.cell(0, 2).empty());
}

TEST_CASE("a header with tabs and no comma makes a tab-separated table") {
  const Table table = parse_csv("a\tb\n1,5\t2\n", "t.tab");
  CHECK(table.cell(0, 0) == "1,5");
}

TEST_CASE("a delimiter that is given is used") {
  CHECK(parse_csv("a;b\n1;2\n", "t.csv", {';'}).cell(0, 1) == "2");
}

TEST_CASE("a row with too few fields is refused with file and line") {
  CHECK(contains(parse_error("a,b\n1,2\n3\n"), "data: t.csv:3: the row has 1 fields, but the header has 2"));
}

TEST_CASE("a quote that is never closed is refused with the line that opened it") {
  CHECK(contains(parse_error("a,b\n1,\"2\n3,4\n"), "t.csv:2: the quote opened on this line is never closed"));
}

TEST_CASE("a quote inside an unquoted field is refused") {
  CHECK(contains(parse_error("a\n5\"6\n"), "t.csv:2: a quote stands inside an unquoted field"));
}

TEST_CASE("text after a closing quote is refused") {
  CHECK(contains(parse_error("a\n\"5\"6\n"), "t.csv:2: text follows a closing quote"));
}

TEST_CASE("text that is not UTF-8 is refused with its line") {
  for (const char* bad : {"\xE9", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82"}) {
    CHECK(contains(parse_error("a\nx\ny" + std::string(bad) + "\n"), "t.csv:3: the text is not UTF-8"));
  }
}

TEST_CASE("UTF-16 and zero bytes are named") {
  CHECK(contains(parse_error(std::string_view("\xFF\xFE" "a\0", 4)), "UTF-16"));
  CHECK(contains(parse_error(std::string_view("a\nb\0c\n", 6)), "t.csv:2: there is a zero byte"));
}

TEST_CASE("characters beyond ASCII are kept") { CHECK(parse_csv("a\nK\xC3\xB6ln\n", "t").cell(0, 0) == "K\xC3\xB6ln"); }

TEST_CASE("an empty file is refused") { CHECK(contains(parse_error(""), "t.csv:1: the file is empty")); }

TEST_CASE("a column named twice is refused") {
  CHECK(contains(parse_error("a,b,a\n"), "t.csv:1: the header names column 'a' twice"));
}

TEST_CASE("a missing column is reported with the nearest name and all names") {
  const Table table = parse_csv("image_id,dx,age\n", "t.csv");
  const std::string error = error_of([&] { table.column("image-id"); });
  CHECK(contains(error, "t.csv: there is no column 'image-id'"));
  CHECK(contains(error, "did you mean 'image_id'?"));
  CHECK(contains(error, "columns present: image_id, dx, age"));
}

TEST_CASE("a cell outside the table is refused") {
  const Table table = parse_csv("a\n1\n", "t.csv");
  CHECK(contains(error_of([&] { table.cell(1, 0); }), "outside the table"));
  CHECK(contains(error_of([&] { table.cell(0, 1); }), "outside the table"));
}

TEST_CASE("an id used twice is reported with both lines") {
  const Table table = parse_csv("id\nx\ny\nx\n", "t.csv");
  UniqueIds unique;
  const std::string error = error_of([&] {
    for (std::size_t row = 0; row < table.size(); ++row) unique.add(table, row, table.cell(row, 0), "id");
  });
  CHECK(contains(error, "t.csv:4: id 'x' is already on line 2"));
}

TEST_CASE("csv_field() writes what parse_csv() reads back") {
  for (const std::string text : {"plain", "with, comma", "with \"quotes\"", "two\nlines", "", "cr\rhere"}) {
    const Table table = parse_csv("a,b\n" + csv_field(text) + ",end\n", "t.csv");
    CHECK(table.cell(0, 0) == text);
  }
}

TEST_CASE("a file that does not exist is an error of the data that names the file") {
  CHECK(contains(error_of([] { read_csv("/nowhere/t.csv"); }), "data: /nowhere/t.csv: the file does not exist"));
}

TEST_CASE("every prefix of a valid file parses or is refused, never worse") {
  const std::string text = "a,b\r\n\"x \"\"1\"\"\ny\",\xC3\xA9\n3,4\n";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    const std::string error = error_of([&] { parse_csv(std::string_view(text).substr(0, length), "t.csv"); });
    CHECK((error.empty() || contains(error, "data: t.csv:")));
  }
}

TEST_CASE("read_table() reads JSONL by its name and CSV otherwise") {
  const test::ScratchFolder folder;
  CHECK(read_table(folder.write("t.jsonl", "{\"a\":1}\n")).cell(0, 0) == "1");
  CHECK(read_table(folder.write("t.csv", "a\n2\n")).cell(0, 0) == "2");
}
