// Which layers of a model get an adapter, and how PEFT calls them.
#pragma once

#include <string>
#include <vector>

#include "medvlm/core/adaptable.hpp"

namespace medvlm::sdk::lora {

/// The choice of layers: those of a part, narrowed by PEFT's rules for `target_modules`.
struct TargetChoice {
  /// "vision", "text", "both" (the towers) or "all" (everything that can be adapted); of a generative model also "language",
  /// "projector" and "language_projector" (both of them).
  std::string part = "vision";
  /// A layer whose name is one, or ends with "." and one. Empty: every layer, but of a language model only its linear
  /// layers without the output layer (lm_head), as PEFT's "all-linear".
  std::vector<std::string> suffixes;
  std::string pattern;  ///< a regular expression for the whole name; empty: none. Not together with suffixes
};

/// One chosen layer with the name that PEFT's files give it.
struct Target {
  std::string name;
  NamedLayer layer;
};

/// The layers of `layers` that are chosen, in their order. If all lie in one tower (vision or text), names begin inside that
/// tower, as when PEFT wraps the tower alone; else they are the model's. Throws Error(config) that lists what there is if
/// nothing is chosen, and for a suffix that no layer has.
MEDVLM_API std::vector<Target> choose_targets(const std::vector<NamedLayer>& layers, const TargetChoice& choice);

/// The layer that PEFT's file means by `name`: the model's full name, or a name inside the image tower or else the text
/// tower, or the name that newer versions of transformers give it, whose words "model" and "language_model" stand elsewhere.
/// Null if there is none, or if the last rule leaves several.
MEDVLM_API const NamedLayer* find_layer(const std::vector<NamedLayer>& layers, const std::string& name);

/// The name of the module that holds all layers of a tower ("vision_model"): the first word of their names; empty if they
/// differ or there is no such tower.
MEDVLM_API std::string tower_name(const std::vector<NamedLayer>& layers, const std::string& part);

}  // namespace medvlm::sdk::lora
