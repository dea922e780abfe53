// The SDK's text scores on every answer of the goldens.
#include "text_goldens.hpp"

#include "medvlm/sdk/text_metric/answer_text.hpp"
#include "medvlm/sdk/text_metric/bleu.hpp"
#include "medvlm/sdk/text_metric/overlap.hpp"
#include "medvlm/sdk/text_metric/porter.hpp"
#include "medvlm/sdk/text_metric/rouge.hpp"
#include "medvlm/sdk/text_metric/tokens.hpp"

using namespace medvlm;
using namespace medvlm::test;
using nlohmann::json;

namespace {

void check_overlap(const sdk::Overlap& got, const json& expected, const std::string& what) {
  check_close(got.precision, expected.at(0), kExact, what + " precision");
  check_close(got.recall, expected.at(1), kExact, what + " recall");
  check_close(got.f, expected.at(2), kExact, what + " F");
}

void check_rouge(const std::string& answer, const std::string& reference, bool stem, const json& expected) {
  const auto got = sdk::rouge(sdk::rouge_tokens(answer, stem), sdk::rouge_tokens(reference, stem));
  check_overlap(got.one, expected.at("rouge1"), "rouge1");
  check_overlap(got.two, expected.at("rouge2"), "rouge2");
  check_overlap(got.l, expected.at("rougeL"), "rougeL");
}

std::string lowered(const json& word) { return sdk::lower_cased(word.get<std::string>()); }

}  // namespace

TEST_CASE("answers are normalised as the goldens are") {
  if (!text_goldens_present()) return;
  REQUIRE_FALSE(answer_cases().empty());
  for (const AnswerCase& each : answer_cases()) {
    CAPTURE(each.answer);
    CHECK(sdk::normalised_answer(each.answer) == each.expected.at("bench").at("norm_pred").get<std::string>());
    CHECK(sdk::normalised_answer(each.reference) == each.expected.at("bench").at("norm_ref").get<std::string>());
    CHECK(sdk::plain_answer(each.answer) == each.expected.at("plain_vqa").at("pred").get<std::string>());
    CHECK(sdk::plain_answer(each.reference) == each.expected.at("plain_vqa").at("ref").get<std::string>());
  }
}

TEST_CASE("the normaliser has every entry of the goldens' tables") {
  if (!text_goldens_present()) return;
  const auto tables = json::parse(read_file(text_golden("normaliser.json")));
  for (const auto& [word, digit] : tables.at("number_words").items()) {
    CHECK(sdk::normalised_answer(word) == digit.get<std::string>());
  }
  for (const json& article : tables.at("articles")) CHECK(sdk::normalised_answer(article.get<std::string>()).empty());
  for (const auto& [word, written] : tables.at("contractions").items()) {
    const bool reachable = word == lowered(word);
    CHECK(sdk::normalised_answer(word) == (reachable ? written.get<std::string>() : lowered(word)));
  }
  for (const json& mark : tables.at("punctuation_in_order")) {
    const auto text = mark.get<std::string>();
    CAPTURE(text);
    CHECK(sdk::normalised_answer("x" + text + "y") == "x y");
    CHECK(sdk::normalised_answer("x" + text + "y " + text) == "xy");
  }
  const int limit = tables.at("max_full_stops_removed").get<int>();
  CHECK(sdk::normalised_answer(std::string(static_cast<std::size_t>(limit), '.') + "x") == "x");
  CHECK(sdk::normalised_answer(std::string(static_cast<std::size_t>(limit) + 1, '.') + "x") == ".x");
}

TEST_CASE("yes and no are found as in the goldens") {
  if (!text_goldens_present()) return;
  for (const AnswerCase& each : answer_cases()) {
    CAPTURE(each.answer);
    const auto said = sdk::parse_yes_no(each.answer);
    CHECK((said ? *said ? "yes" : "no" : "") == each.expected.at("plain_vqa").at("yes_no_pred").get<std::string>());
    const bool right = said && said == sdk::parse_yes_no(each.reference);
    check_close(right ? 1 : 0, each.expected.at("plain_vqa").at("yes_no_accuracy"), 0, "yes_no_accuracy");
  }
}

TEST_CASE("word overlap and whole words equal the goldens") {
  if (!text_goldens_present()) return;
  for (const AnswerCase& each : answer_cases()) {
    CAPTURE(each.answer);
    const json& fixed = each.expected.at("fixed");
    const auto words = sdk::answer_words(each.answer);
    const auto reference = sdk::answer_words(each.reference);
    const json scores = {fixed.at("precision"), fixed.at("recall"), fixed.at("f1")};
    check_overlap(sdk::word_overlap(words, reference), scores, "words");
    check_close(sdk::contains_words(words, reference) ? 1 : 0, fixed.at("accuracy_closed_word"), 0, "whole words");
  }
}

TEST_CASE("BLEU equals torchmetrics, NLTK and sacrebleu") {
  if (!text_goldens_present()) return;
  for (const AnswerCase& each : answer_cases()) {
    CAPTURE(each.answer);
    const auto counts = sdk::bleu_counts(sdk::answer_words(each.answer), sdk::answer_words(each.reference));
    for (std::size_t n = 1; n <= 4; ++n) {
      const std::string key = "bleu" + std::to_string(n);
      check_close(sdk::bleu(counts, n), each.expected.at("bench").at(key), kSingle, key);
    }
    check_close(sdk::bleu(counts, 1), each.expected.at("nltk").at("bleu1"), kExact, "nltk");
    check_close(sdk::bleu(counts, 1), each.expected.at("sacrebleu").at("bleu1_none_norm"), kExact, "sacrebleu");
    check_close(counts.unigram_precision(), each.expected.at("fixed").at("unigram_precision"), kExact, "unigrams");
    const auto raw = sdk::bleu_counts(sdk::tokens_13a(each.answer), sdk::tokens_13a(each.reference));
    check_close(sdk::bleu(raw, 1), each.expected.at("sacrebleu").at("bleu1_13a"), kExact, "13a");
  }
}

TEST_CASE("ROUGE equals rouge-score, raw and normalised, with and without stems") {
  if (!text_goldens_present()) return;
  for (const AnswerCase& each : answer_cases()) {
    CAPTURE(each.answer);
    CAPTURE(each.reference);
    const json& expected = each.expected.at("rouge_score");
    check_rouge(each.answer, each.reference, false, expected.at("raw"));
    check_rouge(each.answer, each.reference, true, expected.at("raw_stem"));
    const auto answer = sdk::normalised_answer(each.answer);
    const auto reference = sdk::normalised_answer(each.reference);
    check_rouge(answer, reference, false, expected.at("norm"));
    check_rouge(answer, reference, true, expected.at("norm_stem"));
  }
}

TEST_CASE("stems equal NLTK's") {
  if (!text_goldens_present()) return;
  std::istringstream lines(read_file(text_golden("porter.tsv")));
  int words = 0;
  for (std::string line; std::getline(lines, line); ++words) {
    const auto tab = line.find('\t');
    CAPTURE(line);
    REQUIRE(tab != std::string::npos);
    CHECK(sdk::porter_stem(line.substr(0, tab)) == line.substr(tab + 1));
  }
  CHECK(words > 1000);
}
