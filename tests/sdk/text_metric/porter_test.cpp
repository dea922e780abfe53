// Each step of the stemmer, and what NLTK adds to it.
#include <doctest/doctest.h>

#include <utility>

#include "medvlm/sdk/text_metric/porter.hpp"

using namespace medvlm::sdk;

TEST_CASE("examples of Porter's paper") {
  const std::pair<const char*, const char*> pairs[] = {
      {"caresses", "caress"},   {"ponies", "poni"},       {"cats", "cat"},         {"feed", "feed"},
      {"agreed", "agre"},       {"plastered", "plaster"}, {"bled", "bled"},        {"motoring", "motor"},
      {"sing", "sing"},         {"conflated", "conflat"}, {"troubled", "troubl"},  {"sized", "size"},
      {"hopping", "hop"},       {"falling", "fall"},      {"hissing", "hiss"},     {"fizzed", "fizz"},
      {"failing", "fail"},      {"filing", "file"},       {"happy", "happi"},      {"relational", "relat"},
      {"conditional", "condit"}, {"digitizer", "digit"},  {"radically", "radic"},  {"vietnamization", "vietnam"},
      {"hopefulness", "hope"},  {"triplicate", "triplic"}, {"formative", "form"},  {"electrical", "electr"},
      {"goodness", "good"},     {"adjustable", "adjust"}, {"replacement", "replac"}, {"adoption", "adopt"},
      {"probate", "probat"},    {"rate", "rate"},         {"cease", "ceas"},       {"controll", "control"},
      {"roll", "roll"}};
  for (const auto& [word, stem] : pairs) {
    CAPTURE(word);
    CHECK(porter_stem(word) == stem);
  }
}

TEST_CASE("NLTK's extensions") {
  CHECK(porter_stem("skies") == "sky");
  CHECK(porter_stem("dying") == "die");
  CHECK(porter_stem("news") == "news");
  CHECK(porter_stem("dies") == "die");
  CHECK(porter_stem("died") == "die");
  CHECK(porter_stem("say") == "say");      // y after a vowel stays
  CHECK(porter_stem("by") == "by");
  CHECK(porter_stem("pathologies") == "patholog");
  CHECK(porter_stem("geology") == "geolog");
  CHECK(porter_stem("hopefully") == "hope");
}

TEST_CASE("words of no letters, few letters and many ys") {
  CHECK(porter_stem("").empty());
  CHECK(porter_stem("as") == "as");
  CHECK(porter_stem("000") == "000");
  CHECK(porter_stem("ed") == "ed");
  CHECK(porter_stem("ing") == "ing");
  CHECK(porter_stem("ion") == "ion");
  CHECK(porter_stem(std::string(100000, 'y')).size() == 100000);
}
