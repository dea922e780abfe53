// Every metric at once, subgroups, and thresholds that are fixed on the train split.
#include <cmath>

#include "program.hpp"

namespace medvlm::e2e {
namespace {

const Words kMetrics = {"auprc", "balanced_accuracy", "brier", "ece", "f1", "mcc", "sensitivity_specificity"};

/// A study with all metrics on 60 generated images, 40 of them for training unless `train` says otherwise.
std::string all_metrics(int train = 40) {
  std::string text = study_text("[[datasets]]\nname = \"data\"\nplugin = \"synthetic\"\ntrain = " + std::to_string(train) +
                                "\ntest = 60\nimage_size = 64\n");
  for (const std::string& metric : kMetrics) text += "[[metrics]]\nplugin = \"" + metric + "\"\n";
  return text;
}

struct Finished {
  TempFolder folder;
  fs::path study;
  Outcome outcome;

  explicit Finished(const std::string& text) {
    study = write(folder / "study.toml", text);
    outcome = again();
  }
  Outcome again(const Words& more = {}) const { return run(study, folder / "out", more); }
  nlohmann::json json() const { return result(scenario(folder / "out")); }
};

const std::string kByDifficulty = "[scoring]\nsubgroups = [\"difficulty\", \"sex\"]\nmin_samples = 5\n";

/// AUROC of the predictions of a subgroup, over all pairs.
double auroc_of(const std::vector<nlohmann::json>& predictions, const std::string& difficulty) {
  double won = 0, pairs = 0;
  for (const auto& a : predictions) {
    for (const auto& b : predictions) {
      if (a["groups"]["difficulty"] != difficulty || b["groups"]["difficulty"] != difficulty) continue;
      if (a["label"] != 1 || b["label"] != 0) continue;
      const double first = a["scores"][1], second = b["scores"][1];
      won += first > second ? 1 : first == second ? 0.5 : 0;
      ++pairs;
    }
  }
  return won / pairs;
}

}  // namespace

TEST_CASE("all metrics are computed in one study, with finite values and intervals") {
  const Finished finished(all_metrics());
  REQUIRE_MESSAGE(finished.outcome.status == 0, finished.outcome.err);
  const auto json = finished.json();
  for (const char* name : {"auroc", "accuracy", "auprc", "balanced_accuracy", "brier", "ece", "ece_positive", "f1", "precision",
                           "recall", "mcc", "sensitivity", "specificity", "threshold"}) {
    const auto value = metric(json, name);
    CAPTURE(name);
    REQUIRE(value["value"].is_number());
    CHECK(value["ci_low"].get<double>() <= value["ci_high"].get<double>());
  }
  CHECK(metric(json, "auroc")["analytic"]["method"] == "delong_logit");
  CHECK(metric(json, "auroc")["analytic"]["ci_low"].get<double>() < metric(json, "auroc")["value"].get<double>());
  CHECK_FALSE(metric(json, "brier")["higher_is_better"].get<bool>());
  CHECK(metric(json, "threshold")["std"] == 0);  // fixed before the test set is drawn from
  CHECK(journal_lines(scenario(finished.folder / "out") / "train") == 41);
  CHECK_FALSE(json.contains("subgroups"));
}

TEST_CASE("a dataset without a train split leaves only the learnt threshold undefined") {
  const Finished finished(all_metrics(0));
  REQUIRE_MESSAGE(finished.outcome.status == 0, finished.outcome.err);
  const auto json = finished.json();
  CHECK(metric(json, "auroc")["value"].is_number());
  CHECK(metric(json, "sensitivity")["value"].is_null());
  CHECK(contains(metric(json, "sensitivity")["reason"], "rule = \"fixed\""));
  CHECK(finished.again().status == 0);
}

TEST_CASE("subgroups are added by rescoring, with the metrics of their own samples") {
  const Finished finished(all_metrics());
  REQUIRE(finished.outcome.status == 0);
  const auto before = finished.json();
  write(finished.study, all_metrics() + kByDifficulty);
  CHECK(finished.again().status != 0);  // the numbers asked for are others
  REQUIRE(finished.again({"--rescore"}).status == 0);
  const auto json = finished.json();
  CHECK(json["metrics"] == before["metrics"]);
  CHECK(contains(json["subgroup_notes"][0], "no test sample has the group 'sex'"));
  const auto samples = predictions(scenario(finished.folder / "out"));
  std::size_t members = 0;
  int scored = 0;
  for (const auto& subgroup : json["subgroups"]) {
    CHECK(subgroup["group"] == "difficulty");
    members += subgroup["n"].get<std::size_t>();
    if (subgroup["metrics"].empty() || !subgroup["metrics"][0]["value"].is_number()) continue;
    CHECK(metric(subgroup, "auroc")["value"].get<double>() ==
          doctest::Approx(auroc_of(samples, subgroup["value"])).epsilon(1e-12));
    ++scored;
  }
  CHECK(members == 60);
  CHECK(scored > 1);
  CHECK(json["subgroup_gaps"].size() == kMetrics.size() + 2);
}

TEST_CASE("a wrong [scoring] is refused with its place") {
  TempFolder folder;
  const fs::path study = write(folder / "study.toml", all_metrics() + "[scoring]\nsubgroup = [\"sex\"]\nmin_samples = 0\n");
  const Outcome outcome = run(study, folder / "out");
  CHECK(outcome.status == 3);
  CHECK(contains(outcome.err, "scoring.subgroup: unknown option; did you mean 'subgroups'?"));
  CHECK(contains(outcome.err, "scoring.min_samples: must be at least 1"));
}

}  // namespace medvlm::e2e
