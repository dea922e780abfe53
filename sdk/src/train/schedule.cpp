#include "medvlm/sdk/train/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "medvlm/base/error.hpp"
#include "medvlm/base/options.hpp"

namespace medvlm::sdk::train {

Decay decay_from_name(const std::string& name) {
  if (name == "constant") return Decay::constant;
  if (name == "linear") return Decay::linear;
  if (name == "cosine") return Decay::cosine;
  throw Error(ErrorCode::config, "unknown schedule '" + name + "'" + suggestion(name, {"constant", "linear", "cosine"}));
}

double Schedule::factor(std::int64_t step) const {
  if (step < warmup) return double(step) / double(warmup);
  if (decay == Decay::constant) return 1;
  const double progress = double(step - warmup) / double(std::max<std::int64_t>(1, total - warmup));
  if (decay == Decay::linear) return std::max(0.0, 1 - progress);
  return std::max(0.0, 0.5 * (1 + std::cos(std::numbers::pi * progress)));
}

}  // namespace medvlm::sdk::train
