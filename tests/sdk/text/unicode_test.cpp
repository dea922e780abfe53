// UTF-8, normal form C, lower-casing.
#include <doctest/doctest.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/unicode.hpp"

using namespace medvlm::sdk;

TEST_CASE("the first ill-formed byte of UTF-8 is found") {
  CHECK_FALSE(invalid_utf8_at(""));
  CHECK_FALSE(invalid_utf8_at("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
  CHECK(invalid_utf8_at("a\x80") == 1);              // a continuation alone
  CHECK(invalid_utf8_at("\xc0\xaf") == 0);           // overlong
  CHECK(invalid_utf8_at("\xe0\x9f\xbf") == 0);       // overlong
  CHECK(invalid_utf8_at("\xed\xa0\x80") == 0);       // surrogate
  CHECK(invalid_utf8_at("\xf4\x90\x80\x80") == 0);   // above U+10FFFF
  CHECK(invalid_utf8_at("ab\xe2\x82") == 2);         // cut short
  CHECK(invalid_utf8_at("\xff") == 0);
}

TEST_CASE("each maximal ill-formed part becomes one replacement character") {
  CHECK(repaired_utf8("a\xe2\x82z") == "a\xef\xbf\xbdz");
  CHECK(repaired_utf8("\xf0\x9f\x98") == "\xef\xbf\xbd");
  CHECK(repaired_utf8("\xed\xa0\x80") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(repaired_utf8("\xff\xfe") == "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST_CASE("code points survive encoding and decoding") {
  for (const char32_t c : {U'\0', U'a', U'\x7f', U'\x80', U'\u07ff', U'\u0800', U'\uffff',
                           U'\U00010000', U'\U0010ffff'}) {
    std::string text;
    append_utf8(text, c);
    CHECK(code_point_at(text, 0).value == c);
    CHECK(code_point_at(text, 0).length == text.size());
  }
}

TEST_CASE("normal form C composes letters and marks") {
  CHECK(to_nfc("e\xcc\x81") == "\xc3\xa9");
  CHECK(to_nfc("\xe2\x84\xab") == "\xc3\x85");  // angstrom sign
  CHECK(to_nfc("plain") == "plain");
  CHECK_THROWS_AS(to_nfc("\xff"), medvlm::Error);
}

TEST_CASE("lower-casing looks at one code point at a time") {
  CHECK(to_lower("ABC \xc3\x89") == "abc \xc3\xa9");
  CHECK(to_lower("\xc4\xb0") == "i\xcc\x87");                          // U+0130: two code points
  CHECK(to_lower("\xce\xa3\xce\xa3") == "\xcf\x83\xcf\x83");           // no final sigma
  CHECK(to_lower("\xe1\xba\x9e") == "\xc3\x9f");                       // capital sharp s
  CHECK(to_lower("\xf0\x90\xb5\x90") == "\xf0\x90\xb5\xb0");           // Garay, of Unicode 16
  CHECK(to_lower("\xf0\x90\x90\x80") == "\xf0\x90\x90\xa8");           // Deseret
}

TEST_CASE("white space is the property White_Space") {
  for (const char32_t c :
       {0x9, 0xd, 0x20, 0x85, 0xa0, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000}) {
    CHECK(is_white_space(c));
  }
  for (const char32_t c : {0x8, 0xe, 0x1c, 0x180e, 0x200b, 0x2060, 0xfeff}) CHECK_FALSE(is_white_space(c));
}
