// Comparisons of a run with what other people's code gives for the same images (tests/peers).
#pragma once

#include <algorithm>
#include <cmath>

#include "program.hpp"

namespace medvlm::e2e {

// Two implementations of float32 differ by about 5e-7 in a score; wrong preprocessing shows above 1e-4.
inline constexpr double kScoreTolerance = 1e-5;
// AUROC depends on the order of the scores alone, and the tests see to it that gaps between them are wide enough. So
// only the rounding of a quotient of integers, and of a lerp between two of them, remains.
inline constexpr double kStatisticTolerance = 1e-9;

/// The folder of goldens that holds `part`; trees and their checkpoint are taken from the same one.
inline fs::path goldens_with(const fs::path& part) {
  const fs::path chosen = goldens_folder();
  return fs::exists(chosen / part) ? chosen : fs::path(MEDVLM_GOLDENS_DEFAULT);
}

inline void check_near(const nlohmann::json& found, const nlohmann::json& peer) {
  CHECK(std::abs(found.get<double>() - peer.get<double>()) < kStatisticTolerance);
}

/// A metric's interval against the peer's.
inline void check_interval(const nlohmann::json& found, const nlohmann::json& interval) {
  check_near(found["ci_low"], interval["low"]);
  check_near(found["ci_high"], interval["high"]);
  check_near(found["mean"], interval["mean"]);
  check_near(found["std"], interval["std"]);
  CHECK(found["valid_rounds"] == interval["valid_rounds"]);
}

/// Ids and scores of the predictions in `folder` against the peer's samples, in the same order.
inline void check_predictions(const fs::path& folder, const nlohmann::json& samples) {
  const auto found = predictions(folder);
  REQUIRE(found.size() == samples.size());
  double worst = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK(found[i]["id"] == samples[i]["id"]);
    if (samples[i].contains("label")) CHECK(found[i]["label"] == samples[i]["label"]);
    REQUIRE(found[i]["scores"].size() == samples[i]["scores"].size());
    for (std::size_t c = 0; c < samples[i]["scores"].size(); ++c) {
      worst = std::max(worst, std::abs(found[i]["scores"][c].get<double>() - samples[i]["scores"][c].get<double>()));
    }
  }
  CHECK(worst < kScoreTolerance);
}

}  // namespace medvlm::e2e
