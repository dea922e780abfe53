// Results made by hand: folders with a result.json and, if wanted, rounds.bin.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "medvlm/analysis/outcome.hpp"
#include "medvlm/analysis/rounds_file.hpp"
#include "medvlm/base/files.hpp"

namespace medvlm::test {

/// What distinguishes one made scenario from another.
struct MadeScenario {
  std::string model, dataset, adapter = "off_the_shelf";
  double value = 0;
  std::vector<double> rounds = {};
  std::string role = "generalist", family = "F", domain = "OOD";
  std::optional<int> seed = {};
  std::string metric = "auroc";
  bool higher_is_better = true;
  std::string samples_sha256 = "abc";
  std::uint64_t bootstrap_seed = 42;
  std::int64_t trained_parameters = 0;
  double training_seconds = 0;
  std::int64_t parameters = 1000;
  std::string task = "diagnosis";
  bool trained_on = false;
  std::optional<double> std = {};
};

inline std::filesystem::path folder_of(const std::filesystem::path& output, const MadeScenario& made) {
  auto folder = output / made.model / made.dataset / made.adapter;
  return made.seed ? folder / ("seed-" + std::to_string(*made.seed)) : folder;
}

inline nlohmann::json result_of(const MadeScenario& made) {
  using nlohmann::json;
  const bool trains = made.adapter != "off_the_shelf";
  json adapter = {{"name", made.adapter}, {"group", made.adapter}, {"plugin", made.adapter}, {"trains", trains}};
  if (made.seed) adapter["seed"] = *made.seed;
  json training = json::object();
  if (trains) training = {{"seconds", made.training_seconds}, {"parameters_updated", made.trained_parameters}};
  return {{"format", 1},
          {"scenario", made.model + "/" + made.dataset + "/" + made.adapter},
          {"samples", {{"total", 10}, {"scored", 9}, {"errored", 1}, {"missing", 0}}},
          {"metrics", {{{"metric", made.metric}, {"name", made.metric}, {"headline", true},
                        {"higher_is_better", made.higher_is_better},
                        {"value", made.value}, {"ci_low", nullptr}, {"ci_high", nullptr},
                        {"mean", nullptr}, {"std", made.std ? json(*made.std) : json()}, {"valid_rounds", made.rounds.size()}}}},
          {"bootstrap", {{"rounds", made.rounds.size()}, {"seed", made.bootstrap_seed}, {"confidence", 0.95},
                         {"unit", "sample"}, {"cluster", ""}}},
          {"training", training},
          {"manifest",
           {{"study", "made"},
            {"device", "cpu"},
            {"model", {{"name", made.model}, {"family", made.family}, {"parameters", made.parameters}, {"role", made.role},
                       {"modalities", json::array()}, {"trained_on", json::array()}, {"domain", made.domain},
                       {"trained_on_dataset", made.trained_on}}},
            {"dataset", {{"name", made.dataset}, {"task", made.task}, {"modality", "m"}, {"samples_sha256", made.samples_sha256}}},
            {"adapter", adapter}}},
          {"run", {{"seconds", 2.5}, {"new_predictions", 10}, {"peak_memory_bytes", 1000}}}};
}

/// Writes the scenario below `output`.
inline void make_scenario(const std::filesystem::path& output, const MadeScenario& made) {
  const auto folder = folder_of(output, made);
  std::filesystem::create_directories(folder);
  write_file_atomically(folder / "result.json", result_of(made).dump());
  if (made.rounds.empty()) return;
  analysis::RoundsFile file;
  file.key = {made.samples_sha256, 10, made.rounds.size(), made.bootstrap_seed, "sample"};
  file.values = {{made.metric, made.metric, made.rounds}};
  write_file_atomically(folder / "rounds.bin", analysis::rounds_text(file));
}

/// Makes all of them and reads them back.
inline std::vector<analysis::Outcome> made_outcomes(const std::filesystem::path& output, const std::vector<MadeScenario>& list) {
  for (const MadeScenario& made : list) make_scenario(output, made);
  return analysis::read_outcomes({output});
}

}  // namespace medvlm::test
