// Normalised answers, yes and no, whole words.
#include <doctest/doctest.h>

#include "medvlm/sdk/text_metric/answer_text.hpp"

using namespace medvlm::sdk;

TEST_CASE("a mark becomes a space, or nothing where the text has it next to a space or a comma between digits") {
  CHECK(normalised_answer("left/right") == "left right");
  CHECK(normalised_answer("left /right a/b") == "left right ab");  // one space decides for every slash
  CHECK(normalised_answer("x-ray 1,000") == "xray 1000");
  CHECK(normalised_answer("x-ray 1, 000") == "x ray 1 000");
  CHECK(normalised_answer("\xd9\xa1,\xd9\xa2 a-b") == "\xd9\xa1\xd9\xa2 ab");  // Arabic digits are digits
  CHECK(normalised_answer("colon: 50% H&E *#'") == "colon: 50% h&e *#'");     // not touched
}

TEST_CASE("full stops go unless a digit stands behind them") {
  CHECK(normalised_answer("3.5 cm.") == "3.5 cm");
  CHECK(normalised_answer("a.b") == "ab");
  CHECK(normalised_answer(".5") == ".5");
  CHECK(normalised_answer("5.") == "5");
}

TEST_CASE("number words, articles and contractions") {
  const std::vector<std::string> words{"2", "of", "pair", "0", "of", "them"};
  CHECK(answer_words("The two of a pair, NONE of them") == words);
  CHECK(normalised_answer("dont") == "don't");
  CHECK(normalised_answer("Im") == "im");  // the table's entry has a capital, the text has none any more
  CHECK(normalised_answer("somebody'd") == "somebodyd");
}

TEST_CASE("lower case is that of whole words, white space any of Unicode's") {
  CHECK(normalised_answer("\xce\xa3\xce\x91\xce\xa3") == "\xcf\x83\xce\xb1\xcf\x82");  // a final sigma
  CHECK(normalised_answer("left\xe2\x80\x83lung\x1cx") == "left lung x");
  CHECK(normalised_answer("left\xe2\x80\x8blung") == "left\xe2\x80\x8blung");  // no width, no space
}

TEST_CASE("ill-formed UTF-8 is replaced") { CHECK(normalised_answer("x\xff y") == "x\xef\xbf\xbd y"); }

TEST_CASE("the plain convention drops punctuation first, then articles") {
  CHECK(plain_answer(" The x-ray, a  CT!") == "xray ct");
  CHECK(plain_answer("a_b an") == "ab");
  CHECK(plain_answer("thea") == "thea");
  CHECK(plain_answer("T1: the.a") == "t1 thea");  // no full stop is left between the two
}

TEST_CASE("the first whole word yes or no counts") {
  CHECK(parse_yes_no("YES, no") == true);
  CHECK(parse_yes_no("answer:no.") == false);
  CHECK(parse_yes_no("no-one") == false);
  for (const char* text : {"", "normal", "know", "yesterday", "no_", "no1", "\xc3\xa9no"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_yes_no(text).has_value());
  }
}

TEST_CASE("words occur in one piece or not at all") {
  const std::vector<std::string> words{"x", "y", "x", "z"};
  CHECK(contains_words(words, std::vector<std::string>{"x", "z"}));
  CHECK(contains_words(words, words));
  CHECK_FALSE(contains_words(words, std::vector<std::string>{"y", "z"}));
  CHECK_FALSE(contains_words(words, std::vector<std::string>{}));
  CHECK_FALSE(contains_words({}, words));
}
