// A study's results made up for tests of what reads them: models of known quality answer at random. Predictions,
// values, rounds and facts fit together, so that every analysis can be made of them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "medvlm/analysis/interval.hpp"
#include "medvlm/analysis/rounds_file.hpp"
#include "medvlm/base/hash.hpp"

namespace medvlm::test {

struct FabricatedModel {
  std::string name, family, role;
  std::vector<std::string> modalities;
  double quality = 1;
};

struct FabricatedDataset {
  std::string name, task, modality;
  std::vector<std::string> classes;  ///< two; of diagnosis
};

struct FabricatedAdapter {
  std::string name;
  bool trains = false;
  double gain = 0;
  std::vector<std::uint64_t> seeds;  ///< empty: one scenario without a seed
};

struct FabricatedStudy {
  std::string name = "fabricated";
  std::vector<FabricatedModel> models;
  std::vector<FabricatedDataset> datasets;
  std::vector<FabricatedAdapter> adapters;
  std::size_t samples = 60, rounds = 200;
  std::size_t failures = 2;             ///< samples of every scenario that fail
  std::string text = "no abnormality";  ///< what every third answer says
  std::string message = "the file is cut short";
};

/// The paper's grid: 144 diagnosis and 72 VQA scenarios.
inline FabricatedStudy paper_grid() {
  FabricatedStudy study;
  const std::vector<std::string> seen = {"radiograph", "histology"};
  for (int i = 0; i < 8; ++i) {
    const bool special = i >= 3;
    study.models.push_back({(special ? "Spec-" : "Gen-") + std::to_string(i), i % 2 == 0 ? "CLIP" : "SigLIP",
                            special ? "specialist" : "generalist", special ? seen : std::vector<std::string>{},
                            0.3 + 0.12 * i});
  }
  const char* modalities[] = {"radiograph", "histology", "dermatoscopy", "fundus", "oct", "mri"};
  for (int i = 0; i < 6; ++i)
    study.datasets.push_back({"Diag" + std::to_string(i), "diagnosis", modalities[i], {"healthy", "ill"}});
  study.adapters = {{"off_the_shelf", false, 0, {}}, {"linear_probe", true, 0.6, {}}, {"lora", true, 0.8, {}}};
  return study;
}

inline FabricatedStudy question_grid() {
  FabricatedStudy study;
  study.name = "fabricated-questions";
  for (int i = 0; i < 9; ++i) {
    const bool special = i >= 5;
    study.models.push_back({(special ? "Answer-Spec-" : "Answer-Gen-") + std::to_string(i),
                            i % 2 == 0 ? "LLaVA" : "Qwen", special ? "specialist" : "generalist",
                            special ? std::vector<std::string>{"radiograph"} : std::vector<std::string>{},
                            0.2 + 0.1 * i});
  }
  const char* modalities[] = {"radiograph", "histology", "radiograph", "fundus"};
  for (int i = 0; i < 4; ++i) study.datasets.push_back({"Questions" + std::to_string(i), "vqa", modalities[i], {}});
  study.adapters = {{"off_the_shelf", false, 0, {}}, {"lora", true, 0.7, {}}};
  return study;
}

namespace fabrication {

using nlohmann::json;

/// AUROC with multiplicities; ties count half. `order`: samples by rising score.
inline double auroc(const std::vector<double>& scores, const std::vector<int>& truth,
                    const std::vector<std::size_t>& order, const std::vector<int>& times) {
  double positives = 0, negatives = 0, pairs = 0;
  for (std::size_t at = 0; at < order.size();) {
    double tied_positives = 0, tied_negatives = 0;
    const double score = scores[order[at]];
    for (; at < order.size() && scores[order[at]] == score; ++at) {
      (truth[order[at]] == 1 ? tied_positives : tied_negatives) += times[order[at]];
    }
    pairs += tied_positives * (negatives + tied_negatives / 2);
    positives += tied_positives;
    negatives += tied_negatives;
  }
  return pairs / (positives * negatives);
}

inline double mean(const std::vector<double>& scores, const std::vector<int>& times) {
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    sum += scores[i] * times[i];
    count += times[i];
  }
  return sum / count;
}

/// How often each sample is drawn in a round: the same for all scenarios on a test set.
inline std::vector<int> drawn(std::size_t samples, std::size_t dataset, std::size_t round) {
  std::mt19937 engine(static_cast<unsigned>(1000003 * dataset + round));
  std::vector<int> times(samples, 0);
  for (std::size_t i = 0; i < samples; ++i) ++times[engine() % samples];
  return times;
}

struct Scenario {
  const FabricatedStudy& study;
  const FabricatedModel& model;
  const FabricatedDataset& dataset;
  const FabricatedAdapter& adapter;
  std::size_t dataset_place;
  const std::uint64_t* seed;

  bool asks() const { return dataset.task == "vqa"; }
  std::string metric() const { return asks() ? "accuracy" : "auroc"; }
  std::string samples_sha256() const { return sha256_hex("test split of " + dataset.name); }
  std::string name() const {
    return model.name + "/" + dataset.name + "/" + adapter.name + (seed ? "/seed-" + std::to_string(*seed) : "");
  }
};

inline json prediction(const Scenario& scenario, std::size_t index, int label, double score) {
  json line = {{"index", index},
               {"id", "sample-" + std::to_string(index)},
               {"image", "images/" + std::to_string(index) + ".png"},
               {"groups", {{"sex", index % 2 ? "F" : "M"}}}};
  if (scenario.asks()) {
    line["question"] = "Is there an abnormality in image " + std::to_string(index) + "?";
    line["answer"] = label ? "yes" : "no";
    line["open"] = false;
  } else {
    line["label"] = label;
  }
  if (index < scenario.study.failures) {
    line["error"] = {{"stage", "decode"}, {"code", "data"}, {"message", scenario.study.message}};
  } else if (scenario.asks()) {
    line["text"] = index % 3 == 0 ? scenario.study.text : (score > 0.5) == (label == 1) ? "yes" : "no";
    line["prompt_tokens"] = 12;
    line["new_tokens"] = 2;
    line["seconds"] = 0.1;
    line["values"] = {{"accuracy", score > 0.5 ? 1 : 0}};
  } else {
    line["scores"] = {1 - score, score};
  }
  return line;
}

inline json entry(const std::string& metric, const Interval& interval) {
  return {{"metric", metric},         {"name", metric},
          {"headline", true},         {"higher_is_better", true},
          {"value", interval.value},  {"ci_low", interval.low},
          {"ci_high", interval.high}, {"mean", interval.mean},
          {"std", interval.std},      {"valid_rounds", interval.valid_rounds}};
}

inline json manifest(const Scenario& scenario) {
  const auto& [study, model, dataset, adapter, place, seed] = scenario;
  const bool in_domain = model.role == "specialist" &&
                         std::count(model.modalities.begin(), model.modalities.end(), dataset.modality) > 0;
  json adapters = {{"name", adapter.name + (seed ? "/seed-" + std::to_string(*seed) : "")},
                   {"plugin", adapter.name},
                   {"group", adapter.name},
                   {"trains", adapter.trains}};
  if (seed) adapters["seed"] = *seed;
  return {{"medvlm", "0.1.0"},
          {"libtorch", "2.13.0"},
          {"study", study.name},
          {"study_file", "study.toml"},
          {"written", "2026-01-02T03:04:05Z"},
          {"device", "cpu"},
          {"dtype", "float32"},
          {"seed", 42},
          {"model",
           {{"name", model.name},
            {"family", model.family},
            {"role", model.role},
            {"parameters", 150000000},
            {"modalities", model.modalities},
            {"trained_on", json::array()},
            {"domain", in_domain ? "ID" : "OOD"},
            {"sha256", sha256_hex(model.name)}}},
          {"dataset",
           {{"name", dataset.name},
            {"title", dataset.name},
            {"task", dataset.task},
            {"labels", dataset.task == "vqa" ? "" : "binary"},
            {"classes", dataset.classes},
            {"modality", dataset.modality},
            {"samples_sha256", scenario.samples_sha256()}}},
          {"adapter", adapters},
          {"plugins",
           json::array({{{"kind", "model"}, {"id", "clip"}, {"version", "0.1.0"}, {"sha256", sha256_hex("clip")}}})}};
}

inline void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text;
}

inline void write_scenario(const Scenario& scenario, const std::filesystem::path& folder) {
  const auto& study = scenario.study;
  std::filesystem::create_directories(folder);
  std::mt19937 labels(static_cast<unsigned>(77 + scenario.dataset_place));
  std::seed_seq own{std::hash<std::string>{}(scenario.name()) & 0xFFFFFFFFu, std::size_t{5}};
  std::mt19937 engine(own);
  std::normal_distribution<double> noise;
  const double quality = scenario.model.quality + scenario.adapter.gain;
  std::string lines;
  std::vector<double> scores;
  std::vector<int> truth;
  for (std::size_t i = 0; i < study.samples; ++i) {
    const int label = static_cast<int>(labels() % 2);
    const double lean = scenario.asks() ? quality : quality * (label ? 1 : -1);
    const double score = 1 / (1 + std::exp(-(lean + noise(engine))));
    lines += prediction(scenario, i, label, score).dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    if (i < study.failures) continue;
    scores.push_back(scenario.asks() ? (score > 0.5 ? 1.0 : 0.0) : score);
    truth.push_back(label);
  }
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return scores[a] < scores[b]; });
  const auto value = [&](const std::vector<int>& times) {
    return scenario.asks() ? mean(scores, times) : auroc(scores, truth, order, times);
  };
  const auto summary = [&](const std::vector<double>& rounds, const std::vector<int>& all) {
    Interval interval = summarise(rounds, 0.95);
    interval.value = value(all);
    return interval;
  };
  const auto only = [&](std::vector<int> times, std::size_t parity) {
    for (std::size_t i = 0; i < times.size(); ++i) times[i] = (i + study.failures) % 2 == parity ? times[i] : 0;
    return times;
  };
  std::vector<double> rounds, women, men, gaps;
  for (std::size_t round = 0; round < study.rounds; ++round) {
    std::vector<int> times = drawn(study.samples, scenario.dataset_place, round);
    times.erase(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(study.failures));
    rounds.push_back(value(times));
    women.push_back(value(only(times, 1)));
    men.push_back(value(only(times, 0)));
    gaps.push_back(women.back() - men.back());
  }
  const std::vector<int> once(scores.size(), 1);
  const Interval whole = summary(rounds, once), of_women = summary(women, only(once, 1)),
                 of_men = summary(men, only(once, 0));
  const Interval gap = summarise(gaps, 0.95);
  json result = {
      {"format", 1},
      {"scenario", scenario.name()},
      {"samples", {{"total", study.samples}, {"scored", scores.size()}, {"errored", study.failures}, {"missing", 0}}},
      {"metrics", json::array({entry(scenario.metric(), whole)})},
      {"subgroups", json::array({{{"group", "sex"},
                                  {"value", "F"},
                                  {"n", scores.size() / 2},
                                  {"metrics", json::array({entry(scenario.metric(), of_women)})}},
                                 {{"group", "sex"},
                                  {"value", "M"},
                                  {"n", scores.size() / 2},
                                  {"metrics", json::array({entry(scenario.metric(), of_men)})}}})},
      {"subgroup_gaps", json::array({{{"group", "sex"},
                                      {"metric", scenario.metric()},
                                      {"name", scenario.metric()},
                                      {"gap", of_women.value - of_men.value},
                                      {"ci_low", gap.low},
                                      {"ci_high", gap.high},
                                      {"highest", "F"},
                                      {"lowest", "M"}}})},
      {"bootstrap",
       {{"rounds", study.rounds}, {"seed", 42}, {"confidence", 0.95}, {"unit", "sample"}, {"cluster", ""}}},
      {"errors", {{"by_stage", {{"decode", study.failures}}}, {"first", json::array()}}},
      {"training", json::object()},
      {"manifest", manifest(scenario)},
      {"run", {{"seconds", 1.5}, {"new_predictions", study.samples}}}};
  for (std::size_t i = 0; i < study.failures; ++i) {
    result["errors"]["first"].push_back(
        {{"id", "sample-" + std::to_string(i)}, {"stage", "decode"}, {"code", "data"}, {"message", study.message}});
  }
  if (scenario.adapter.trains) {
    const double size = scenario.adapter.name == "lora" ? 600000 : 1026;
    result["training"] = {{"seconds", size / 10000 * (1 + scenario.model.quality)}, {"parameters_updated", size}};
  }
  write(folder / "predictions.jsonl", lines);
  write(folder / "result.json", result.dump(1, ' ', false, json::error_handler_t::replace));
  analysis::RoundsFile file;
  file.key = {scenario.samples_sha256(), study.samples, study.rounds, 42, "sample"};
  file.values.push_back({scenario.metric(), scenario.metric(), rounds});
  write(folder / "rounds.bin", analysis::rounds_text(file));
}

}  // namespace fabrication

/// Writes the results of every scenario into `folder`, in folders with numbers (a name may be hostile), and study.json.
inline void write_fabricated(const FabricatedStudy& study, const std::filesystem::path& folder) {
  nlohmann::json scenarios = nlohmann::json::array();
  for (const FabricatedModel& model : study.models) {
    for (std::size_t d = 0; d < study.datasets.size(); ++d) {
      for (const FabricatedAdapter& adapter : study.adapters) {
        for (std::size_t s = 0; s < std::max<std::size_t>(1, adapter.seeds.size()); ++s) {
          const std::uint64_t* seed = adapter.seeds.empty() ? nullptr : &adapter.seeds[s];
          const fabrication::Scenario scenario{study, model, study.datasets[d], adapter, d, seed};
          const std::string place = "scenario-" + std::to_string(scenarios.size());
          fabrication::write_scenario(scenario, folder / place);
          scenarios.push_back({{"name", scenario.name()},
                               {"folder", place},
                               {"model", model.name},
                               {"dataset", study.datasets[d].name},
                               {"adapter", adapter.name}});
        }
      }
    }
  }
  const nlohmann::json plan = {{"format", 1}, {"study", study.name}, {"scenarios", scenarios}};
  fabrication::write(folder / "study.json", plan.dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace medvlm::test
