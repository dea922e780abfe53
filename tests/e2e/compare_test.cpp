// `medvlm compare`: what it prints of made scenarios is what the data say.
#include <cmath>

#include "compared_scenarios.hpp"
#include "medvlm/analysis/detectable_difference.hpp"
#include "medvlm/analysis/mcnemar.hpp"
#include "medvlm/analysis/multiple_testing.hpp"
#include "medvlm/analysis/paired_difference.hpp"
#include "program.hpp"

using namespace medvlm;
using namespace medvlm::e2e;
using nlohmann::json;

namespace {

// `read` and `write` are also functions of POSIX.
std::string bytes_of(const fs::path& file) { return e2e::read(file); }

Outcome compare(Words words) {
  words.insert(words.begin(), {medvlm_program(), "compare"});
  return start_and_wait(std::move(words));
}

json compared_json(Words words) {
  words.push_back("--json");
  const Outcome outcome = compare(std::move(words));
  CAPTURE(outcome.err);
  REQUIRE(outcome.status == 0);
  return json::parse(outcome.out);
}

const json& value_of(const json& comparison, const std::string& metric) {
  for (const json& value : comparison.at("values")) {
    if (value.at("metric") == metric) return value;
  }
  throw std::runtime_error("no value " + metric);
}

/// Samples that both have, first minus second in whether it is right, and their patients.
struct Both {
  std::vector<double> first, second;
  std::vector<std::int8_t> truth;
  std::vector<int> surplus;
  std::vector<std::uint32_t> patients;
};

Both both_of(const ComparedScenario& a, const ComparedScenario& b) {
  Both both;
  for (std::size_t i = 0; i < a.scores.size(); ++i) {
    if (!a.has(i) || !b.has(i)) continue;
    both.first.push_back(a.scores[i]);
    both.second.push_back(b.scores[i]);
    both.truth.push_back(a.truth[i]);
    both.patients.push_back(a.patients[i]);
    both.surplus.push_back(static_cast<int>(a.right(i)) - static_cast<int>(b.right(i)));
  }
  return both;
}

analysis::DeLongDifference delong_of(const Both& both, bool clustered) {
  std::vector<std::uint32_t> clusters;
  if (clustered) clusters = both.patients;
  return analysis::delong_difference(*analysis::auroc_components(both.first, both.truth, clusters),
                                     *analysis::auroc_components(both.second, both.truth, clusters), 0.95);
}

void check_failure(const Outcome& outcome, int status, const Words& parts) {
  CAPTURE(outcome.err);
  CHECK(outcome.status == status);
  CHECK(outcome.out.empty());
  for (const std::string& part : parts) {
    CAPTURE(part);
    CHECK(contains(outcome.err, part));
  }
}

}  // namespace

TEST_CASE("a pair: bootstrap, DeLong and McNemar are those of the data, with and without patients") {
  for (const bool clustered : {false, true}) {
    CAPTURE(clustered);
    TempFolder folder;
    auto [a, b] = compared_pair(0.3, clustered);
    a.failed = {3, 10};
    b.failed = {3, 20, 21};
    const auto first = a.write(folder.path());
    const auto second = b.write(folder.path());
    const json found = compared_json({first, second / "result.json"});
    CHECK(found.at("first") == "a/data/ots");
    CHECK(found.at("second") == "b/data/ots");
    CHECK(found.at("paired") == true);
    CHECK(found.at("samples") == json{{"total", 160}, {"both", 156}, {"first_only", 2}, {"second_only", 1}, {"neither", 1}});
    CHECK(found.at("bootstrap").at("cluster") == (clustered ? "patient" : ""));

    const auto rounds_a = a.all_rounds(), rounds_b = b.all_rounds();
    for (const char* metric : {"auroc", "accuracy", "margin"}) {
      const json& value = value_of(found, metric);
      const auto expected = analysis::paired_difference(a.values().at(metric), b.values().at(metric), rounds_a.at(metric),
                                                        rounds_b.at(metric), 0.95);
      CHECK(value.at("first") == a.values().at(metric));
      CHECK(value.at("difference") == expected.interval.value);
      CHECK(value.at("paired").at("ci_low") == expected.interval.low);
      CHECK(value.at("paired").at("ci_high") == expected.interval.high);
      CHECK(value.at("paired").at("p") == expected.p_value);
      const bool holds_zero = expected.interval.low <= 0 && 0 <= expected.interval.high;
      CHECK(value.contains("detectable_difference") == holds_zero);
      if (holds_zero) CHECK(value.at("detectable_difference") == analysis::detectable_difference(expected.interval.std, 1 - 0.95));
    }
    const Both both = both_of(a, b);
    const auto delong = delong_of(both, clustered);
    const json& auroc = value_of(found, "auroc");
    CHECK(auroc.at("test") == "delong");
    CHECK(auroc.at("delong").at("variance").get<double>() == doctest::Approx(delong.variance));
    CHECK(auroc.at("p").get<double>() == doctest::Approx(delong.p_value));
    CHECK_FALSE(auroc.contains("mcnemar"));

    const json& accuracy = value_of(found, "accuracy");
    const auto wins = static_cast<std::uint64_t>(std::count(both.surplus.begin(), both.surplus.end(), 1));
    const auto losses = static_cast<std::uint64_t>(std::count(both.surplus.begin(), both.surplus.end(), -1));
    CHECK(accuracy.at("mcnemar").at("first_only") == wins);
    CHECK(accuracy.at("mcnemar").at("second_only") == losses);
    CHECK(accuracy.at("mcnemar").contains("clustered") == clustered);
    CHECK(accuracy.at("p").get<double>() ==
          doctest::Approx(clustered ? analysis::clustered_mcnemar(both.surplus, both.patients).p_value
                                    : analysis::mcnemar(wins, losses).mid_p));
    CHECK_FALSE(accuracy.contains("delong"));
    CHECK(value_of(found, "margin").at("test") == "bootstrap");
    CHECK_FALSE(value_of(found, "margin").contains("mcnemar"));
  }
}

TEST_CASE("a pair as text tells how it was compared, and what would have been found") {
  TempFolder folder;
  auto [a, b] = compared_pair(0.0, true);
  b.failed = {1};
  const Outcome outcome = compare({a.write(folder.path()), b.write(folder.path())});
  CAPTURE(outcome.out);
  CHECK(outcome.status == 0);
  for (const char* part : {"a/data/ots", "b/data/ots", "160 samples: scored by both 159, by A alone 1, by B alone 0, by neither 0",
                           "200 bootstrap rounds over clusters by patient", "DeLong, by patient", "McNemar, by patient",
                           "auroc: no difference was shown; a true one of ", "look at the samples that both scored"}) {
    CAPTURE(part);
    CHECK(contains(outcome.out, part));
  }
}

TEST_CASE("--metric and --confidence") {
  TempFolder folder;
  const auto [a, b] = compared_pair(0.3, false);
  const std::string first = a.write(folder.path()), second = b.write(folder.path());
  const json one = compared_json({first, second, "--metric", "accuracy"});
  CHECK(one.at("values").size() == 1);
  CHECK(one.at("values")[0].at("metric") == "accuracy");
  const json narrow = compared_json({first, second, "--metric", "auroc", "--confidence", "0.5"});
  const json wide = compared_json({first, second, "--metric", "auroc"});
  CHECK(narrow.at("values")[0].at("paired").at("ci_low") > wide.at("values")[0].at("paired").at("ci_low"));
  CHECK(narrow.at("values")[0].at("delong").at("ci_high") < wide.at("values")[0].at("delong").at("ci_high"));
  check_failure(compare({first, second, "--metric", "f1"}), 2, {"no value 'f1' in common", "auroc", "margin"});
  check_failure(compare({first, second, "--confidence", "95"}), 2, {"--confidence", "0.95"});
}

TEST_CASE("what is not paired is refused with every difference and the cure") {
  TempFolder folder;
  auto [a, b] = compared_pair(0.3, false);
  const std::string first = a.write(folder.path());
  b.seed = 7;
  b.rounds = 100;
  b.clustered = true;
  check_failure(compare({first, b.write(folder.path())}), 8,
                {"'a/data/ots' and 'b/data/ots' are not paired", "rounds 200 and 100", "seed 42 and 7",
                 "unit \"sample\" and \"cluster\"", "--rescore"});
  const auto [grouped, other] = compared_pair(0.3, true);
  json result = other.result();
  result["bootstrap"]["cluster"] = "eye";
  const fs::path by_eye = other.write(folder.path());
  e2e::write(by_eye / "result.json", result.dump());
  check_failure(compare({grouped.write(folder.path()), by_eye}), 8, {"clusters by \"patient\" and \"eye\"", "--rescore"});

  a.write(folder.path());
  b = compared_pair(0.3, false).second;
  b.samples_sha256 = "123456";
  check_failure(compare({first, b.write(folder.path())}), 8, {"the test sets have other samples (abcdef and 123456)", "same test split"});
  b.dataset = "other";
  check_failure(compare({first, b.write(folder.path())}), 8, {"different datasets"});
  const auto [c, d] = compared_pair(0.3, false);
  const fs::path without = d.write(folder.path());
  fs::remove(without / "rounds.bin");
  check_failure(compare({first, without}), 8, {without.string(), "rounds.bin", "--rescore"});
}

TEST_CASE("published results: no paired test, a z-test that is marked") {
  TempFolder folder;
  const auto [a, b] = compared_pair(0.3, false);
  const std::string first = a.write(folder.path());
  const fs::path second = b.write(folder.path());
  json result = b.result();
  result["published"] = {{"source", "a paper"}, {"table", "5"}};
  e2e::write(second / "result.json", result.dump());
  const Outcome text = compare({first, second});
  CHECK(text.status == 0);
  CHECK(contains(text.out, "no paired test is possible"));
  CHECK(contains(text.out, "UNPAIRED z-test"));
  const json found = compared_json({first, second});
  CHECK(found.at("paired") == false);
  const json& value = value_of(found, "auroc");
  CHECK(value.at("test") == "unpaired");
  CHECK_FALSE(value.contains("paired"));
  CHECK_FALSE(value.contains("delong"));
  const double error = std::hypot(metric(a.result(), "auroc")["std"].get<double>(), metric(b.result(), "auroc")["std"].get<double>());
  CHECK(value.at("unpaired").at("standard_error").get<double>() == doctest::Approx(error));

  for (json& entry : result["metrics"]) entry["std"] = entry["ci_low"] = entry["ci_high"] = nullptr;
  e2e::write(second / "result.json", result.dump());
  const json unknown = compared_json({first, second});
  CHECK(value_of(unknown, "auroc").at("test") == "none");
  CHECK(value_of(unknown, "auroc").at("p").is_null());
}

TEST_CASE("a study against a reference, or all pairs: headline values with corrected p-values") {
  TempFolder folder;
  auto [a, b] = compared_pair(0.5, false);
  auto c = compared_pair(-0.2, false).first;
  c.model = "c";
  for (ComparedScenario* each : {&a, &b, &c}) {
    each->write(folder.path());
    each->dataset = "again";
    each->samples_sha256 = "again";
    each->write(folder.path());
  }
  b.dataset = "alone";
  b.write(folder.path());
  const std::string study = folder.path();

  const json found = compared_json({study, "--reference", "b"});
  REQUIRE(found.at("comparisons").size() == 4);  // a and c, on two datasets
  std::vector<double> p, holm, rate;
  for (const json& pair : found.at("comparisons")) {
    CHECK(pair.at("second").get<std::string>().starts_with("b/"));
    CHECK(pair.at("values").size() == 2);  // the headlines
    const json& value = value_of(pair, "auroc");
    p.push_back(value.at("p"));
    holm.push_back(value.at("holm_p"));
    rate.push_back(value.at("benjamini_hochberg_p"));
    CHECK(value.at("tests") == 4);
  }
  CHECK(holm == analysis::holm(p));
  CHECK(rate == analysis::benjamini_hochberg(p));
  CHECK(compared_json({study, "--all-pairs", "--metric", "margin"}).at("comparisons").size() == 6);

  const Outcome text = compare({study, "--all-pairs"});
  CHECK(text.status == 0);
  for (const char* part : {"auroc (6 paired tests)", "accuracy (6 paired tests)", "HOLM", "BH", "DETECTABLE", "delong", "mcnemar"}) {
    CAPTURE(part);
    CHECK(contains(text.out, part));
  }
  CHECK_FALSE(contains(text.out, "margin"));

  const json lonely = compared_json({study, "--reference", "a"});
  CHECK(lonely.at("not_compared").size() == 1);
  CHECK(lonely.at("not_compared")[0].at("first") == "b/alone/ots");
  check_failure(compare({study, "--reference", "bb"}), 2, {"no scenario has a model of that name", "'b'"});
  check_failure(compare({study, "--reference", "b", "--all-pairs"}), 2, {"give one of them"});
  check_failure(compare({study}), 2, {"--reference MODEL or --all-pairs"});
}

TEST_CASE("pairs of a study that cannot be compared are listed with the reason, the others are compared") {
  TempFolder folder;
  auto [a, b] = compared_pair(0.5, false);
  auto c = compared_pair(0.1, false).first;
  c.model = "c";
  c.seed = 7;
  for (const ComparedScenario* each : {&a, &b, &c}) each->write(folder.path());
  const json found = compared_json({folder.path(), "--reference", "b"});
  CHECK(found.at("comparisons").size() == 1);
  REQUIRE(found.at("not_compared").size() == 1);
  CHECK(contains(found.at("not_compared")[0].at("reason"), "seed 7 and 42"));
  CHECK(contains(compare({folder.path(), "--reference", "b"}).out, "not compared: c/data/ots and b/data/ots"));
}

TEST_CASE("missing and damaged files are named") {
  TempFolder folder;
  const auto [a, b] = compared_pair(0.3, false);
  const fs::path first = a.write(folder.path()), second = b.write(folder.path());
  check_failure(compare({first, folder / "nowhere"}), 7, {(folder / "nowhere").string(), "finished scenario"});
  e2e::write(folder / "study.json", "{}");
  check_failure(compare({folder.path(), first}), 7, {"has no result.json", "folder of a study", "MODEL/DATASET/ADAPTER"});
  e2e::write(folder / "c/data/lora/seeds.json", "{}");
  fs::create_directories(folder / "c/data/lora/seed-7");
  check_failure(compare({folder / "c/data/lora", first}), 2, {"several seeds", "c/data/lora/seed-7'"});
  const std::string rounds = bytes_of(second / "rounds.bin");
  e2e::write(second / "rounds.bin", rounds.substr(0, rounds.size() - 3));
  check_failure(compare({first, second}), 5, {(second / "rounds.bin").string(), "--rescore"});
  e2e::write(second / "rounds.bin", rounds);
  e2e::write(second / "predictions.jsonl", "{\"index\": 0\n");
  check_failure(compare({first, second}), 5, {(second / "predictions.jsonl").string() + ":1", "--rescore"});
  fs::remove(second / "predictions.jsonl");
  const json found = compared_json({first, second});
  CHECK(value_of(found, "auroc").at("test") == "bootstrap");
  auto renamed = b.predictions();
  renamed.replace(renamed.find("\"s0\""), 4, "\"t0\"");
  e2e::write(second / "predictions.jsonl", renamed);
  check_failure(compare({first, second}), 8, {"'s0'", "'t0'"});
}
