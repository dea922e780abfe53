// Groups of questions, and what is refused.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "answers.hpp"

using namespace medvlm;
using namespace medvlm::test;

namespace {

std::vector<std::string> names_of(const PreparedMetric& metric) {
  std::vector<std::string> names;
  for (const MetricValue& each : metric.values()) names.push_back(each.name);
  return names;
}

}  // namespace

TEST_CASE("a value is given over all, open and closed questions, weighted as they were drawn") {
  AnswerSet set;
  set.add(true, "lung", "lung");
  set.add(true, "lung", "heart");
  set.add(false, "yes", "yes");
  const auto prepared = exact_match()->prepare({questions(), set.scored()});
  CHECK(names_of(*prepared) == std::vector<std::string>{"exact_match", "exact_match[open]", "exact_match[closed]"});
  CHECK(evaluate(*prepared, {1, 1, 1}) == std::vector<double>{2.0 / 3, 0.5, 1});
  CHECK(evaluate(*prepared, {3, 1, 0}).at(1) == 0.75);
  CHECK(std::isnan(evaluate(*prepared, {3, 1, 0}).at(2)));
  CHECK(prepared->undefined_reason(2).empty());  // defined on the full set
}

TEST_CASE("a group without questions is undefined and says so") {
  AnswerSet only_open;
  only_open.add(true, "lung", "lung");
  const auto prepared = bleu()->prepare({questions(), only_open.scored()});
  const auto names = names_of(*prepared);
  const auto values = evaluate(*prepared, {1});
  for (std::size_t v = 0; v < names.size(); ++v) {
    CAPTURE(names[v]);
    CHECK(std::isnan(values[v]) == names[v].ends_with("[closed]"));
    CHECK(prepared->undefined_reason(v) == (names[v].ends_with("[closed]") ? "no closed question was scored" : ""));
  }
  const auto nothing = rouge()->prepare({questions(), {}});
  CHECK(std::isnan(evaluate(*nothing, {}).at(0)));
  CHECK(nothing->undefined_reason(1) == "no question was scored");
}

TEST_CASE("the original has no accuracy over all questions") {
  const auto names = names_of(*compat_vqa()->prepare({questions(), {}}));
  CHECK(names.front() == "compat.exact_match");
  CHECK(std::count(names.begin(), names.end(), "compat.accuracy") == 0);
  CHECK(std::count(names.begin(), names.end(), "compat.accuracy[open]") == 1);
  CHECK(std::count(names.begin(), names.end(), "compat.accuracy[closed]") == 1);
  CHECK(std::count(names.begin(), names.end(), "compat.f1") == 1);
}

TEST_CASE("a diagnosis dataset is refused") {
  const auto complaint = refusal(*vqa_accuracy(), benign_or_malignant(), ScoredSet());
  CHECK(complaint.find("metric 'vqa_accuracy' scores answers of VQA datasets; 'Small' is for diagnosis") !=
        std::string::npos);
}
