// Peer values of tests/peers/make_statistics_goldens.py.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include <nlohmann/json.hpp>

#include "medvlm/base/files.hpp"

namespace medvlm::test {

inline const nlohmann::json& statistics_goldens() {
  static const auto goldens =
      nlohmann::json::parse(read_file(std::string(MEDVLM_GOLDENS_DEFAULT) + "/analysis/statistics.json"));
  return goldens;
}

inline bool near(double value, double expected, double relative = 1e-10) {
  return std::abs(value - expected) <= relative * std::max(1e-12, std::abs(expected));
}

}  // namespace medvlm::test
