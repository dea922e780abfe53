#include <doctest/doctest.h>

#include "medvlm/sdk/table/jsonl.hpp"
#include "scratch_folder.hpp"

using namespace medvlm;
using namespace medvlm::sdk;
using medvlm::test::contains;
using medvlm::test::error_of;

namespace {

std::string jsonl_error(std::string_view text) {
  return error_of([&] { parse_jsonl(text, "t.jsonl"); });
}

}  // namespace

TEST_CASE("each line of JSONL is an object with its line") {
  const auto rows = parse_jsonl("{\"a\":1}\n\n{\"a\":\"x\",\"b\":[true,null]}\r\n", "t.jsonl");
  REQUIRE(rows.size() == 2);
  CHECK(*rows[0].object.at("a").integer() == 1);
  CHECK(rows[1].line == 3);
  CHECK(*rows[1].object.at("a").text() == "x");
  CHECK(rows[1].object.at("b").array()->at(1).is_null());
}

TEST_CASE("bad JSON is refused with file and line") {
  CHECK(contains(jsonl_error("{\"a\":1}\n{\"a\":}\n"), "data: t.jsonl:2: this is not JSON"));
}

TEST_CASE("a line that is no object is refused") {
  CHECK(contains(jsonl_error("[1]\n"), "t.jsonl:1: expected an object in braces, found array"));
}

TEST_CASE("a key used twice is refused") {
  CHECK(contains(jsonl_error("{\"a\":1,\"a\":2}\n"), "t.jsonl:1: key 'a' is used twice"));
}

TEST_CASE("the same key in nested objects is fine") { CHECK(jsonl_error("{\"a\":{\"a\":{\"a\":1}}}\n").empty()); }

TEST_CASE("deep nesting is refused") {
  const std::string deep = "{\"a\":" + std::string(100000, '[') + std::string(100000, ']') + "}\n";
  CHECK(contains(jsonl_error(deep), "nested more than 64 deep"));
}

TEST_CASE("an integer beyond 64 bits is refused, not rounded") {
  CHECK(contains(jsonl_error("{\"a\":18446744073709551615}\n"), "does not fit into 64 bits"));
}

TEST_CASE("JSONL that is not UTF-8 is refused with its line") {
  CHECK(contains(jsonl_error("{\"a\":1}\n{\"a\":\"\xFF\"}\n"), "t.jsonl:2: the text is not UTF-8"));
}

TEST_CASE("columns of a JSONL table are all keys, and missing ones are empty") {
  const Table table = parse_jsonl_table("{\"b\":1,\"a\":null}\n{\"c\":true,\"b\":0.5}\n", "t.jsonl");
  CHECK(table.columns() == std::vector<std::string>{"b", "a", "c"});
  CHECK(table.cell(0, 0) == "1");
  CHECK(table.cell(0, 1).empty());
  CHECK(table.cell(0, 2).empty());
  CHECK(table.cell(1, 0) == "0.5");
  CHECK(table.cell(1, 2) == "true");
  CHECK(table.line(1) == 2);
}

TEST_CASE("lists in a JSONL table are kept as JSON") {
  CHECK(parse_jsonl_table("{\"a\":[1,\"x\"]}\n", "t").cell(0, 0) == "[1,\"x\"]");
}

TEST_CASE("an empty JSONL table is refused") {
  CHECK(contains(error_of([] { parse_jsonl_table("\n", "t.jsonl"); }), "t.jsonl:1: the file is empty"));
}

TEST_CASE("a list of objects in JSON is a table whose rows know the lines on which they begin") {
  const std::string text = "[\n  {\n    \"q\": \"a \\\"}\\\" {b\",\n    \"n\": 2\n  },\n"
                           "  {\"n\": {\"x\": [1]}, \"q\": \"\\\\\"}\n, {\"q\": null}]\n";
  const Table table = parse_json_list_table(text, "t.json");
  CHECK(table.columns() == std::vector<std::string>{"q", "n"});
  REQUIRE(table.size() == 3);
  CHECK(table.cell(0, 0) == "a \"}\" {b");
  CHECK(table.cell(0, 1) == "2");
  CHECK(table.cell(1, 0) == "\\");
  CHECK(table.cell(1, 1) == "{\"x\":[1]}");
  CHECK(table.cell(2, 0).empty());
  CHECK(table.line(0) == 2);
  CHECK(table.line(1) == 6);
  CHECK(table.line(2) == 7);
}

TEST_CASE("what is no list of objects in JSON is refused with its line") {
  const auto refused = [](const char* text) { return error_of([&] { parse_json_list_table(text, "t.json"); }); };
  CHECK(contains(refused(""), "t.json:1: expected a list of objects in brackets"));
  CHECK(contains(refused("{\"a\":1}"), "t.json:1: expected a list of objects in brackets"));
  CHECK(contains(refused("[]"), "t.json:1: the file is empty"));
  CHECK(contains(refused("[\n1]"), "t.json:2: expected an object in braces"));
  CHECK(contains(refused("[{\"a\":1},\n]"), "t.json:2: expected an object in braces"));
  CHECK(contains(refused("[{\"a\":1}\n{\"a\":2}]"), "t.json:2: expected a comma"));
  CHECK(contains(refused("[\n{\"a\":1}"), "is the file complete?"));
  CHECK(contains(refused("[\n{\"a\":{\"b\":1}\n"), "t.json:2: this object is never closed"));
  CHECK(contains(refused("[{\"a\":\"\\"), "t.json:1: this object is never closed"));
  CHECK(contains(refused("[{\"a\":1}]\nx"), "t.json:2: there is text after the list"));
  CHECK(contains(refused("[\n\n{\"a\" 1}]"), "t.json:3: this is not JSON"));
  CHECK(contains(refused("[{\"a\":1,\"a\":2}]"), "key 'a' is used twice"));
}

TEST_CASE("the name of a table's file says what it is") {
  const medvlm::test::ScratchFolder folder;
  CHECK(read_table(folder.write("t.json", "[{\"a\": \"x\"}]")).cell(0, 0) == "x");
  CHECK(read_table(folder.write("t.jsonl", "{\"a\": \"y\"}\n")).cell(0, 0) == "y");
}
