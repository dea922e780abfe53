// Which answers count as right, and how much, where the definitions differ from each other.
#include <doctest/doctest.h>

#include <cmath>

#include "answers.hpp"

using namespace medvlm;
using namespace medvlm::test;

namespace {

/// A metric's value for one question.
double one(const Metric& metric, const std::string& value, bool open, const std::string& reference,
           const std::string& answer) {
  AnswerSet set;
  set.add(open, reference, answer);
  return answer_value(metric, set, value);
}

double closed(const std::string& reference, const std::string& answer) {
  return one(*vqa_accuracy(), "accuracy[closed]", false, reference, answer);
}

double open(const std::string& reference, const std::string& answer, double recall = 0.75) {
  return one(*vqa_accuracy(recall), "accuracy[open]", true, reference, answer);
}

}  // namespace

TEST_CASE("a closed answer is right if it says yes or no as the reference does") {
  CHECK(closed("No.", "No, the heart is normal") == 1);
  CHECK(closed("yes", "YES!") == 1);
  CHECK(closed("yes", "The answer is: yes, there is no doubt") == 1);  // the first of both counts
  CHECK(closed("no", "Yes, no") == 0);
}

TEST_CASE("no is not found inside of other words") {
  for (const char* answer : {"normal", "abnormal", "I do not know", "nothing", "nodule", "diagnosis", "", "none"}) {
    CAPTURE(answer);
    CHECK(closed("no", answer) == 0);
  }
  CHECK(closed("yes", "eyes") == 0);
  CHECK(one(*compat_vqa(), "compat.accuracy[closed]", false, "no", "normal") == 1);  // as the original counts
}

TEST_CASE("another closed answer is right if it holds the reference's words in one piece") {
  CHECK(closed("left lung", "It is in the left lung.") == 1);
  CHECK(closed("two", "There are 2.") == 1);
  CHECK(closed("left lung", "left and right lung") == 0);
  CHECK(closed("ct", "ectopic") == 0);
  CHECK(closed("left lung", "left") == 0);
}

TEST_CASE("a reference without a word is compared as written") {
  CHECK(closed("A", " a ") == 1);
  CHECK(closed("A", "the") == 0);
  CHECK(open("A", "B") == 0);
  CHECK(open("", "") == 1);
  CHECK(open("", "lung") == 0);
}

TEST_CASE("an open answer is right from the share of the reference's words on") {
  CHECK(open("a b c d e", "b c d") == 1);  // 3 of 4: an article is no word
  CHECK(open("b c d e", "b c") == 0);
  CHECK(open("b c d e", "b c", 0.5) == 1);
  CHECK(open("left lung", "lung lung lung") == 0);
  CHECK(one(*compat_vqa(), "compat.accuracy[open]", true, "left lung", "lung lung lung") == 1);  // recall 0.75 there
}

TEST_CASE("exact match is of normalised texts; the original's is something else") {
  CHECK(one(*exact_match(), "exact_match", true, "2 lungs", "Two lungs.") == 1);
  CHECK(one(*exact_match("plain"), "exact_match", true, "2 lungs", "Two lungs.") == 0);
  CHECK(one(*exact_match("plain"), "exact_match", true, "two lungs", "The two lungs!") == 1);
  CHECK(one(*exact_match(), "exact_match", true, "left lung", "lung left") == 0);
  CHECK(one(*compat_vqa(), "compat.exact_match", true, "left lung", "lung left") == 1);
  CHECK(one(*compat_vqa(), "compat.exact_match", true, "lung", "lung lung lung lung") == 0.25);
}

TEST_CASE("words overlap as multisets") {
  CHECK(one(*token_f1(), "token_precision", true, "left lung", "lung lung lung") == 1.0 / 3);
  CHECK(one(*token_f1(), "token_recall", true, "left lung", "lung lung lung") == 0.5);
  CHECK(one(*token_f1(), "token_f1", true, "left lung", "lung lung lung") == doctest::Approx(0.4).epsilon(1e-15));
  CHECK(one(*token_f1(), "token_f1", true, "the", "an") == 1);
  CHECK(one(*token_f1(), "token_f1", true, "lung", "") == 0);
}

TEST_CASE("BLEU of a corpus adds counts up, mean sentence BLEU does not") {
  AnswerSet set;
  set.add(true, "left lung", "left lung");
  set.add(true, "x y z w v u", "x q");
  const auto value = [&](const char* name) { return answer_value(*bleu(), set, name); };
  const double penalty = std::exp(1 - 8.0 / 4);
  CHECK(value("bleu1") == doctest::Approx(0.75 * penalty).epsilon(1e-14));
  CHECK(value("bleu2") == doctest::Approx(std::sqrt(0.75 * 0.5) * penalty).epsilon(1e-14));
  CHECK(value("bleu3") == 0);
  CHECK(value("sentence_bleu1") == doctest::Approx((1 + 0.5 * std::exp(1 - 6.0 / 2)) / 2).epsilon(1e-14));
  CHECK(value("unigram_precision") == 0.75);
}

TEST_CASE("ROUGE knows order, neighbours and stems") {
  CHECK(one(*rouge(), "rougeL_recall", true, "mass of the left lung", "left lung mass") == 0.5);
  CHECK(one(*rouge(), "rouge1_recall", true, "mass of the left lung", "left lung mass") == 0.75);
  CHECK(one(*rouge(), "rouge2_precision", true, "mass of the left lung", "left lung mass") == 0.5);
  CHECK(one(*rouge("raw"), "rougeL_recall", true, "mass of the left lung", "left lung mass") == 0.4);
  CHECK(one(*rouge("raw", true), "rougeL", true, "enlarged hearts", "enlargement heart") == 1);
  CHECK(one(*rouge("raw"), "rougeL", true, "enlarged hearts", "enlargement heart") == 0);
}

TEST_CASE("ill-formed UTF-8 in an answer is no error") {
  for (const char* id : {"exact_match", "token_f1", "bleu", "rouge", "vqa_accuracy", "compat_vqa"}) {
    CAPTURE(id);
    const auto metric = id == std::string("exact_match")    ? exact_match()
                        : id == std::string("token_f1")     ? token_f1()
                        : id == std::string("bleu")         ? bleu("13a")
                        : id == std::string("rouge")        ? rouge()
                        : id == std::string("vqa_accuracy") ? vqa_accuracy()
                                                            : compat_vqa();
    AnswerSet set;
    set.add(true, "left lung", "left \xff\xc3 lung");
    const auto prepared = metric->prepare({questions(), set.scored()});
    CHECK(std::isfinite(evaluate(*prepared, {1}).at(0)));
  }
}
