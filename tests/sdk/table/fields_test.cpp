#include <doctest/doctest.h>

#include "medvlm/sdk/table/fields.hpp"

using namespace medvlm::sdk;

TEST_CASE("numbers are read whole or not at all") {
  CHECK(to_number(" -1.5 ") == -1.5);
  CHECK(to_number("8e1") == 80);
  CHECK_FALSE(to_number("1,5"));
  CHECK_FALSE(to_number("1x"));
  CHECK_FALSE(to_number(""));
  CHECK_FALSE(to_number("inf"));
}

TEST_CASE("integers may be written as spreadsheets write them") {
  CHECK(to_integer("-1.0") == -1);
  CHECK(to_integer("9223372036854775807") == 9223372036854775807);
  CHECK_FALSE(to_integer("1.5"));
  CHECK_FALSE(to_integer("1e300"));
}

TEST_CASE("missing values are known by their usual names") {
  for (const char* text : {"", " ", "NA", "nan", "Unknown", "null", "N/A"}) CHECK(is_missing(text));
  for (const char* text : {"0", "male", "none of these"}) CHECK_FALSE(is_missing(text));
}

TEST_CASE("ages fall into decades") {
  CHECK(age_band("0") == "0-9");
  CHECK(age_band("39.9") == "30-39");
  CHECK(age_band("40.0") == "40-49");
  CHECK(age_band("90") == "90+");
  CHECK(age_band("") == "unknown");
  CHECK(age_band("-3") == "unknown");
  CHECK(age_band("999") == "unknown");
}
