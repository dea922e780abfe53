#include "probe_options.hpp"

#include <algorithm>

#include "medvlm/base/error.hpp"

namespace medvlm::linear_probe {

ProbeOptions ProbeOptions::read(const Options& options) {
  ProbeOptions probe;
  probe.adamw = options.text("solver") == "adamw";
  probe.class_weights = options.flag("class_weights");
  probe.standardise = options.has("standardise") ? options.flag("standardise") : !probe.adamw;
  probe.unit_length = options.flag("unit_length");
  probe.strengths = options.numbers("strengths");
  std::sort(probe.strengths.begin(), probe.strengths.end());
  if (probe.strengths.empty() || !(probe.strengths.front() > 0)) {
    throw Error(ErrorCode::config, "strengths: give at least one value of C, each above 0");
  }
  probe.folds = static_cast<int>(options.integer("folds"));
  probe.max_iterations = static_cast<int>(options.integer("max_iterations"));
  probe.lr = options.number("lr");
  probe.epochs = options.integer("epochs");
  probe.batch_size = options.integer("batch_size");
  probe.weight_decay = options.number("weight_decay");
  probe.max_grad_norm = options.number("max_grad_norm");
  probe.decay = sdk::train::decay_from_name(options.text("schedule"));
  return probe;
}

}  // namespace medvlm::linear_probe
