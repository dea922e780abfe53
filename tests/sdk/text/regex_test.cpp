// Regular expressions: white space, matches, what is refused.
#include <doctest/doctest.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/regex.hpp"

using namespace medvlm::sdk;

TEST_CASE("\\s is Unicode white space inside and outside classes") {
  const std::string all =
      "\t\n\v\f\r \xc2\x85\xc2\xa0\xe1\x9a\x80\xe2\x80\x80"
      "\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaf\xe2\x81\x9f\xe3\x80\x80";
  CHECK(Regex(R"(\s+)").replace_all("a" + all + "b", " ") == "a b");
  CHECK(Regex(R"([\sx]+)").replace_all("a" + all + "xb", "-") == "a-b");
  CHECK(Regex(R"([^\s]+)").matches(all).empty());
  CHECK(Regex(R"(\s)").matches("\xe2\x80\x8b\xef\xbb\xbf").empty());  // zero-width space, byte order mark
}

TEST_CASE("\\S is its complement") {
  CHECK(Regex(R"(\s+(?!\S))").replace_all("a  b  ", "_") == "a_ b_");
  CHECK(Regex(R"(\S+)").matches("\xc2\x85").empty());
}

TEST_CASE("matches do not overlap, and empty ones are left out") {
  const auto found = Regex("b*").matches("abba\xc3\xa9" "b");
  REQUIRE(found.size() == 2);
  CHECK(found[0].begin == 1);
  CHECK(found[0].end == 3);
  CHECK(found[1].begin == 6);
}

TEST_CASE("letters and digits are those of Unicode") {
  CHECK(Regex(R"(\p{L}+)").replace_all("\xc3\xa9\xce\xb2 5", "L") == "L 5");
  CHECK(Regex(R"(\p{L}|\p{N})").matches("\xf0\xae\xaf\xb0\xf0\x90\xb5\x80").size() == 2);  // of Unicode 15.1 and 16
  CHECK(Regex(R"([^\p{L}\p{N}]|\P{L})").matches("\xf0\xae\xaf\xb0").empty());
  CHECK(Regex(R"((?i:'S))").matches("it's").size() == 1);
}

TEST_CASE("a literal pattern has no special characters") {
  CHECK(Regex::literal("a.b[|]\\").replace_all("a.b[|]\\ axb", "x") == "x axb");
  CHECK(Regex::literal(" ").replace_all("a b", "\xe2\x96\x81") == "a\xe2\x96\x81" "b");
}

TEST_CASE("a long run matches without exhausting a stack") {
  CHECK(Regex(R"((?:a|b)+)").matches(std::string(300'000, 'a')).size() == 1);
}

TEST_CASE("patterns that another library reads differently are refused") {
  for (const char* pattern : {"(", "[a", R"([^\S])", R"([\P{L}a])", "[[:alpha:]]", "[a&&b]", R"(\h)", "[]a]",
                              "a{2,1}"}) {
    CAPTURE(pattern);
    CHECK_THROWS_AS(Regex{pattern}, medvlm::Error);
  }
}

TEST_CASE("ill-formed UTF-8 is refused") { CHECK_THROWS_AS(Regex("a").matches("a\xff"), medvlm::Error); }
