#include "medvlm/registry/toml_value.hpp"

#include <doctest/doctest.h>

#include "medvlm/base/error.hpp"
#include "scratch.hpp"

using medvlm::Error;
using medvlm::Value;
using medvlm::registry::parse_toml;

namespace {

std::string toml_complaint(const std::string& text) {
  try {
    parse_toml(text, "study.toml");
  } catch (const Error& error) {
    CHECK(error.code() == medvlm::ErrorCode::config);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("every type of TOML becomes the same type of value") {
  const Value value = parse_toml("a = true\nb = -3\nc = 0.5\nd = 'x'\ne = [1, 'y']\nf = {g = 2}", "t");
  CHECK(value.to_json() == R"({"a":true,"b":-3,"c":0.5,"d":"x","e":[1,"y"],"f":{"g":2}})");
}

TEST_CASE("a value knows the line and column where it was written") {
  const Value value = parse_toml("a = 1\n\n[table]\n  key = [10,\n    20]\n", "t.toml");
  const Value& list = value.table()->at("table").table()->at("key");
  CHECK(to_string(list.location) == "t.toml:4:9");
  CHECK(to_string(list.array()->at(1).location) == "t.toml:5:5");
}

TEST_CASE("bad syntax is refused with its place") {
  CHECK(toml_complaint("a = 1\nb = = 2\n").starts_with("study.toml:2:5: not valid TOML"));
}

TEST_CASE("a repeated key is refused") { CHECK(toml_complaint("a = 1\na = 2\n").starts_with("study.toml:2:")); }

TEST_CASE("a date is refused with the cure") {
  CHECK(toml_complaint("day = 2024-01-31\n").find("write it as text in quotes") != std::string::npos);
}

TEST_CASE("deep nesting is refused and does not exhaust the stack") {
  CHECK(toml_complaint("a = " + std::string(100000, '[')).find("not valid TOML") != std::string::npos);
}

TEST_CASE("bytes that are no UTF-8 are refused") { CHECK(!toml_complaint("a = '\xff\xfe'\n").empty()); }

TEST_CASE("a missing file is an io error that names it") {
  const Scratch scratch;
  try {
    medvlm::registry::read_toml(scratch.folder() / "gone.toml");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == medvlm::ErrorCode::io);
    CHECK(std::string(error.what()).find("gone.toml") != std::string::npos);
  }
}
