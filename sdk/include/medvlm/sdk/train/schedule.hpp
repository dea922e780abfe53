// How the learning rate goes over a training.
#pragma once

#include <cstdint>
#include <string>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk::train {

enum class Decay { constant, linear, cosine };

/// "constant", "linear" or "cosine". Throws Error(config) for another word.
MEDVLM_API Decay decay_from_name(const std::string& name);

/// Rises from 0 over `warmup` updates, then decays to 0 at `total` (but for Decay::constant). As the schedules of the
/// `transformers` library.
struct Schedule {
  Decay decay = Decay::linear;
  std::int64_t total = 0;
  std::int64_t warmup = 0;

  /// What the learning rate is multiplied with at update `step`, counted from 0.
  MEDVLM_API double factor(std::int64_t step) const;
};

}  // namespace medvlm::sdk::train
