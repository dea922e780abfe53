// What the judge is asked, and how its replies are read.
#include <doctest/doctest.h>

#include "judge.hpp"

using namespace medvlm::metrics;

TEST_CASE("a score is a number from 1 to 100 alone in the first line") {
  CHECK(read_score("85") == 85.0);
  CHECK(read_score("85\nThe answer is close.") == 85.0);
  CHECK(read_score("\n\n 72.5 \r\nBecause.") == 72.5);
  CHECK(read_score("100") == 100.0);
  CHECK(read_score("1") == 1.0);
  CHECK(read_score("Score: 40") == 40.0);
  CHECK(read_score("**score:** 40\nx") == 40.0);
  CHECK(read_score("**40**") == 40.0);
  CHECK(read_score("# 40/100.") == 40.0);
  CHECK(read_score("40 / 100") == 40.0);
}

TEST_CASE("anything else is no score, least of all 0") {
  for (const char* reply :
       {"",          "  \n ",          "0",   "0.5",   "101", "-5",     "1e2",    "nan", "inf",  "85 90", "85, good",
        "I give 85", "The answer\n85", "85%", "40/10", "40/", "Score:", "eighty", "8 5", "0x10", "\xff"}) {
    CAPTURE(reply);
    CHECK(!read_score(reply));
  }
}

TEST_CASE("the judge is asked as in the paper, and what is filled in is not searched for places") {
  const auto messages = judge_messages({"What {answer}?", "a {prediction}", "b"});
  REQUIRE(messages.size() == 2);
  CHECK(messages[0].role == medvlm::sdk::chat::Role::system);
  CHECK(messages[0].text ==
        "You are a helpful and precise assistant for checking the quality of the answer of medical VQA task");
  const std::string& text = messages[1].text;
  CHECK(text.starts_with(
      "[Question]\nWhat {answer}?\n\n[True Answer]\na {prediction}\n\n[End of True Answer]\n\n[Prediction]\nb\n\n"
      "[End of prediction]\n\n[System]\nWe would like to request your feedback"));
  CHECK(text.ends_with("Ensure your judgment is unbiased and objective.\n\n"));
}

TEST_CASE("a complaint says what the first line was") {
  const auto form = judge_form(3);
  CHECK(form.reasks == 3);
  CHECK(form.complaint("85\nfine") == "");
  CHECK(form.complaint("Well.\n85").find("'Well.'") != std::string::npos);
}
