// Finished scenarios made by code, for tests of `medvlm compare`: consistent result.json, rounds.bin and predictions.jsonl of
// simulated scores, so that every number that the program prints can be computed here from the data.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "medvlm/analysis/delong.hpp"
#include "medvlm/analysis/interval.hpp"
#include "medvlm/analysis/rounds_file.hpp"
#include "medvlm/base/files.hpp"
#include "simulated_scores.hpp"

namespace medvlm::e2e {

/// A model's scores on a test set, and how they are bootstrapped. Metrics: auroc, accuracy (both headlines), and `margin`, the
/// mean of a number that is not 0 or 1.
struct ComparedScenario {
  std::string model = "a", dataset = "data", adapter = "ots";
  std::vector<double> scores;
  std::vector<std::int8_t> truth;
  std::vector<std::uint32_t> patients;
  std::set<std::size_t> failed = {};  ///< samples without a prediction
  bool clustered = false;
  std::uint64_t seed = 42;
  std::size_t rounds = 200;
  std::string samples_sha256 = "abcdef";
  double threshold = 0;

  std::string name() const { return model + "/" + dataset + "/" + adapter; }
  bool has(std::size_t i) const { return !failed.contains(i); }
  double right(std::size_t i) const { return (scores[i] > threshold) == (truth[i] == 1) ? 1 : 0; }

  /// The metrics' values for how often each sample counts.
  std::map<std::string, double> values(const std::vector<std::uint32_t>& multiplicity) const {
    std::vector<std::uint32_t> counted = multiplicity;
    double right_sum = 0, margin = 0, count = 0;
    for (std::size_t i = 0; i < counted.size(); ++i) {
      if (!has(i)) counted[i] = 0;
      right_sum += counted[i] * right(i);
      margin += counted[i] * scores[i];
      count += counted[i];
    }
    return {{"auroc", test::RankedCurve(scores, truth).auroc(counted)}, {"accuracy", right_sum / count}, {"margin", margin / count}};
  }

  std::map<std::string, double> values() const { return values(std::vector<std::uint32_t>(scores.size(), 1)); }

  /// Draws depend on seed and round alone, as the program's.
  std::map<std::string, std::vector<double>> all_rounds() const {
    std::map<std::string, std::vector<double>> found;
    const std::size_t units = clustered ? patients.back() + 1 : scores.size();
    for (std::size_t round = 0; round < rounds; ++round) {
      Splitmix64 random(splitmix64(seed * 1000 + round));
      std::vector<std::uint32_t> drawn(units), multiplicity(scores.size());
      for (std::size_t i = 0; i < units; ++i) ++drawn[random.below(static_cast<std::uint32_t>(units))];
      for (std::size_t i = 0; i < scores.size(); ++i) multiplicity[i] = drawn[clustered ? patients[i] : i];
      for (const auto& [metric, value] : values(multiplicity)) found[metric].push_back(value);
    }
    return found;
  }

  /// Writes the scenario below `output` and returns its folder.
  std::filesystem::path write(const std::filesystem::path& output) const {
    const auto folder = output / model / dataset / adapter;
    std::filesystem::create_directories(folder);
    analysis::RoundsFile file;
    file.key = {samples_sha256, scores.size(), rounds, seed, clustered ? "cluster" : "sample"};
    for (const auto& [metric, numbers] : all_rounds()) file.values.push_back({metric, metric, numbers});
    write_file_atomically(folder / "rounds.bin", analysis::rounds_text(file));
    write_file_atomically(folder / "predictions.jsonl", predictions());
    write_file_atomically(folder / "result.json", result().dump(1));
    return folder;
  }

  std::string predictions() const {
    std::string text;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      nlohmann::json line = {{"index", i}, {"id", "s" + std::to_string(i)}, {"label", truth[i]},
                             {"groups", {{"patient", std::to_string(patients[i])}}}};
      if (has(i)) {
        line["scores"] = {-scores[i], scores[i]};
        line["values"] = {{"accuracy", right(i)}, {"margin", scores[i]}};
      } else {
        line["error"] = {{"stage", "decode"}, {"code", "data"}, {"message", "no picture"}};
      }
      text += line.dump() + "\n";
    }
    return text;
  }

  nlohmann::json result() const {
    using nlohmann::json;
    json metrics = json::array();
    const auto of_rounds = all_rounds();
    for (const auto& [metric, value] : values()) {
      const Interval interval = summarise(of_rounds.at(metric), 0.95);
      metrics.push_back({{"metric", metric}, {"name", metric}, {"headline", metric != "margin"}, {"higher_is_better", true},
                         {"value", value}, {"ci_low", interval.low}, {"ci_high", interval.high}, {"mean", interval.mean},
                         {"std", interval.std}, {"valid_rounds", interval.valid_rounds}});
      if (metric == "auroc") {
        metrics.back()["analytic"] = {{"method", "delong_logit"}, {"variance", 0.001}, {"ci_low", 0}, {"ci_high", 1}};
      }
    }
    return {{"format", 1},
            {"scenario", name()},
            {"samples", {{"total", scores.size()}, {"scored", scores.size() - failed.size()}, {"errored", failed.size()}, {"missing", 0}}},
            {"metrics", metrics},
            {"bootstrap", {{"rounds", rounds}, {"seed", seed}, {"confidence", 0.95},
                           {"unit", clustered ? "cluster" : "sample"}, {"cluster", clustered ? "patient" : ""}}},
            {"training", json::object()},
            {"manifest",
             {{"study", "compared"},
              {"model", {{"name", model}, {"family", "f"}}},
              {"dataset", {{"name", dataset}, {"task", "diagnosis"}, {"labels", "binary"}, {"classes", {"no", "yes"}},
                           {"samples_sha256", samples_sha256}}},
              {"adapter", {{"name", adapter}, {"group", adapter}, {"plugin", "off_the_shelf"}, {"trains", false}}}}}};
  }
};

/// Two models on one test set of 160 samples of 80 patients; the first has `lead` more on its positives.
inline std::pair<ComparedScenario, ComparedScenario> compared_pair(double lead, bool clustered) {
  const test::SimulatedShape shape{.samples = 160, .members = 2};
  const test::SimulatedScores made = test::simulate(shape, 3);
  ComparedScenario first, second;
  for (ComparedScenario* each : {&first, &second}) {
    each->truth = made.truth;
    each->patients = made.clusters;
    each->clustered = clustered;
    each->threshold = test::lead_of(shape) / 2;
  }
  first.scores = made.first;
  second.scores = made.second;
  second.model = "b";
  for (std::size_t i = 0; i < made.truth.size(); ++i) first.scores[i] += made.truth[i] == 1 ? lead : 0;
  return {first, second};
}

}  // namespace medvlm::e2e
