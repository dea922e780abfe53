// Conformance of a model plugin, checked through the Model interface alone.
#pragma once

#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/conformance/finding.hpp"
#include "medvlm/core/model.hpp"

namespace medvlm::conformance {

/// What the plugin's manifest promises; a capability that differs is a failed law.
struct ModelPromise {
  bool encoder = false;
  bool answerer = false;
  bool adaptable = false;
};

/// Laws: the info is sane; the model loads on the CPU; an encoder preprocesses the same way twice and in two threads,
/// embeds an image alone as in a batch (1e-4), gives finite numbers and similarities [n, m]; an answerer answers a
/// question alone as in a batch; adaptable layers have unique names and frozen weights. Loads the weights.
MEDVLM_API std::vector<Finding> check_model(Model& model, const ModelPromise& promise);

}  // namespace medvlm::conformance
