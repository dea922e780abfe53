// What the peers of tests/peers computed for one dataset, and its comparison with a run.
#pragma once

#include <cmath>

#include "program.hpp"

namespace medvlm::e2e {

// Two implementations of float32 differ by about 5e-7 in a score; wrong preprocessing shows above 1e-4.
inline constexpr double kScoreTolerance = 1e-5;
// AUROC depends on the order of the scores alone, and the peers find gaps between them of more than twice the tolerance.
// So only the rounding of a quotient of integers, and of a lerp between two of them, remains.
inline constexpr double kStatisticTolerance = 1e-9;

/// The trees belong to one checkpoint: both are taken from the folder that has both.
inline fs::path trees_root(const std::string& expected_file) {
  const fs::path chosen = goldens_folder();
  return fs::exists(chosen / "trees" / expected_file) ? chosen : fs::path(MEDVLM_GOLDENS_DEFAULT);
}

/// Ids, labels and scores of every sample of a run.
inline void check_scores(const fs::path& run, const nlohmann::json& peer) {
  const auto found = predictions(run);
  const auto& samples = peer["samples"];
  REQUIRE(found.size() == samples.size());
  double worst = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK(found[i]["id"] == samples[i]["id"]);
    CHECK(found[i]["label"] == samples[i]["label"]);
    REQUIRE(found[i]["scores"].size() == samples[i]["scores"].size());
    for (std::size_t c = 0; c < samples[i]["scores"].size(); ++c) {
      worst = std::max(worst, std::abs(found[i]["scores"][c].get<double>() - samples[i]["scores"][c].get<double>()));
    }
  }
  CHECK(worst < kScoreTolerance);
}

/// AUROC of a run and its interval by `unit`, "sample" or "cluster".
inline void check_auroc(const fs::path& run, const nlohmann::json& peer, const std::string& unit) {
  const nlohmann::json found = metric(result(run), "auroc");
  const nlohmann::json& interval = peer["ci"][unit];
  CHECK(std::abs(found["value"].get<double>() - peer["auroc"].get<double>()) < kStatisticTolerance);
  CHECK(std::abs(found["ci_low"].get<double>() - interval["low"].get<double>()) < kStatisticTolerance);
  CHECK(std::abs(found["ci_high"].get<double>() - interval["high"].get<double>()) < kStatisticTolerance);
  CHECK(found["valid_rounds"] == interval["valid_rounds"]);
}

}  // namespace medvlm::e2e
