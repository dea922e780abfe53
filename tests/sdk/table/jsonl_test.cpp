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
