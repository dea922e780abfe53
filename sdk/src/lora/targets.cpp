#include "medvlm/sdk/lora/targets.hpp"

#include <algorithm>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/regex.hpp"
#include "peft_files.hpp"

namespace medvlm::sdk::lora {
namespace {

std::string first_word(const std::string& name) { return name.substr(0, name.find('.')); }

/// The name inside the tower.
std::string inside(const std::string& name, const std::string& tower) { return name.substr(tower.size() + 1); }

bool in_tower(const NamedLayer& layer, const std::string& tower) {
  return !tower.empty() && layer.name.starts_with(tower + ".");
}

bool in_part(const std::vector<NamedLayer>& layers, const NamedLayer& layer, const std::string& part) {
  if (part == "all") return true;
  const auto belongs = [&](const char* tower) { return layer.part == tower || in_tower(layer, tower_name(layers, tower)); };
  if (part == "both") return belongs("vision") || belongs("text");
  if (part == "language_projector") return layer.part == "language" || layer.part == "projector";
  if (part == "language" || part == "projector") return layer.part == part;
  return belongs(part == "text" ? "text" : "vision");
}

bool ends_with(const std::string& name, const std::string& suffix) {
  return name == suffix || name.ends_with("." + suffix);
}

bool matches_whole(const Regex& pattern, const std::string& name) {
  const auto found = pattern.matches(name);
  return found.size() == 1 && found[0].begin == 0 && found[0].end == name.size();
}

std::string list_names(const std::vector<Target>& targets) {
  std::string list;
  for (const Target& target : targets) list += "\n  " + target.name;
  return list;
}

/// Whether a layer is chosen where nothing is said of single layers.
bool by_default(const NamedLayer& layer) {
  return layer.part != "language" || (layer.layer->kind() == LayerKind::linear && !ends_with(layer.name, "lm_head"));
}

const NamedLayer* find_renamed(const std::vector<NamedLayer>& layers, const std::string& name) {
  const std::string wanted = without_moved_words(name);
  const NamedLayer* found = nullptr;
  for (const NamedLayer& layer : layers) {
    if (without_moved_words(layer.name) != wanted) continue;
    if (found) return nullptr;
    found = &layer;
  }
  return found;
}

/// The layers of the part, named as PEFT names them.
std::vector<Target> layers_of_part(const std::vector<NamedLayer>& layers, const std::string& part) {
  std::vector<Target> candidates;
  for (const NamedLayer& layer : layers) {
    if (in_part(layers, layer, part)) candidates.push_back({layer.name, layer});
  }
  if (part != "vision" && part != "text") return candidates;
  const std::string tower = tower_name(layers, part);
  const bool inside_tower = std::all_of(candidates.begin(), candidates.end(),
                                        [&](const Target& target) { return in_tower(target.layer, tower); });
  if (inside_tower) {
    for (Target& target : candidates) target.name = inside(target.name, tower);
  }
  return candidates;
}

void check_suffixes(const std::vector<Target>& candidates, const std::vector<std::string>& suffixes) {
  for (const std::string& suffix : suffixes) {
    const bool used = std::any_of(candidates.begin(), candidates.end(),
                                  [&](const Target& target) { return ends_with(target.name, suffix); });
    if (used) continue;
    throw Error(ErrorCode::config,
                "target_modules: no layer is called '" + suffix + "'; the layers are:" + list_names(candidates));
  }
}

std::optional<Regex> compile(const std::string& pattern) {
  if (pattern.empty()) return std::nullopt;
  try {
    return Regex("^(?:" + pattern + ")$");
  } catch (const Error& error) {
    throw Error(ErrorCode::config, "target_pattern: " + error.message());
  }
}

}  // namespace

std::string without_moved_words(const std::string& name) {
  std::string rest;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    const std::string word = name.substr(begin, end - begin);
    if (word != "model" && word != "language_model") rest += (rest.empty() ? "" : ".") + word;
    begin = end + 1;
  }
  return rest;
}

std::string tower_name(const std::vector<NamedLayer>& layers, const std::string& part) {
  std::string tower;
  for (const NamedLayer& layer : layers) {
    if (layer.part != part) continue;
    if (layer.name.find('.') == std::string::npos) return "";
    if (tower.empty()) tower = first_word(layer.name);
    if (first_word(layer.name) != tower) return "";
  }
  return tower;
}

std::vector<Target> choose_targets(const std::vector<NamedLayer>& layers, const TargetChoice& choice) {
  if (!choice.suffixes.empty() && !choice.pattern.empty()) {
    throw Error(ErrorCode::config, "give target_modules or target_pattern, not both");
  }
  const std::vector<Target> candidates = layers_of_part(layers, choice.part);
  if (candidates.empty())
    throw Error(ErrorCode::config, "the model has no '" + choice.part + "' layers that can be adapted");
  check_suffixes(candidates, choice.suffixes);
  const std::optional<Regex> pattern = compile(choice.pattern);
  std::vector<Target> chosen;
  for (const Target& target : candidates) {
    const bool by_suffix = std::any_of(choice.suffixes.begin(), choice.suffixes.end(),
                                       [&](const std::string& suffix) { return ends_with(target.name, suffix); });
    const bool wanted = pattern ? matches_whole(*pattern, target.name)
                                : by_suffix || (choice.suffixes.empty() && by_default(target.layer));
    if (wanted) chosen.push_back(target);
  }
  if (!chosen.empty()) return chosen;
  throw Error(ErrorCode::config,
              "target_pattern: '" + choice.pattern + "' matches no layer; the layers are:" + list_names(candidates));
}

const NamedLayer* find_layer(const std::vector<NamedLayer>& layers, const std::string& name) {
  const auto find = [&](const std::string& full) -> const NamedLayer* {
    const auto found =
        std::find_if(layers.begin(), layers.end(), [&](const NamedLayer& layer) { return layer.name == full; });
    return found == layers.end() ? nullptr : &*found;
  };
  if (const NamedLayer* layer = find(name)) return layer;
  for (const char* part : {"vision", "text"}) {
    const std::string tower = tower_name(layers, part);
    const NamedLayer* layer = tower.empty() ? nullptr : find(tower + "." + name);
    if (layer) return layer;
  }
  return find_renamed(layers, name);
}

}  // namespace medvlm::sdk::lora
