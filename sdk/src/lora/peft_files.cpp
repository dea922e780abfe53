#include "peft_files.hpp"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/checkpoint/hf_config.hpp"

namespace medvlm::sdk::lora {
namespace {

const std::string kPrefix = "base_model.model.";

/// Settings that change the arithmetic and that this reader does not have, with the value that means "off".
void refuse_unsupported(const HfConfig& config) {
  if (const std::string type = config.text("peft_type", "LORA"); type != "LORA") {
    config.fail("peft_type", "is '" + type + "'; only LORA adapters can be read");
  }
  if (const std::string bias = config.text("bias", "none"); bias != "none") {
    config.fail("bias", "is '" + bias + "': trained biases are not supported; train with bias = \"none\"");
  }
  for (const char* flag : {"use_dora", "use_qalora", "use_bdlora", "lora_bias", "fan_in_fan_out"}) {
    if (config.type_of(flag) == "boolean" && config.flag(flag)) config.fail(flag, "is not supported; train without it");
  }
  for (const char* list : {"modules_to_save", "target_parameters", "trainable_token_indices", "alora_invocation_tokens"}) {
    if (config.type_of(list) == "list" && config.texts(list).empty()) continue;
    if (config.has(list)) config.fail(list, "is not supported; train without it");
  }
}

/// The strengths of single modules, which PEFT looks up by regular expressions that end at a module's name.
std::vector<std::pair<Regex, double>> read_alpha_pattern(const HfConfig& config) {
  std::vector<std::pair<Regex, double>> patterns;
  if (!config.has("alpha_pattern")) return patterns;
  // Not through HfConfig: the order counts, and keys may hold dots.
  const auto table = nlohmann::ordered_json::parse(read_file(config.file())).at("alpha_pattern");
  if (!table.is_object()) config.fail("alpha_pattern", "expected a table");
  for (const auto& [key, alpha] : table.items()) {
    if (!alpha.is_number()) config.fail("alpha_pattern", "'" + key + "' is no number");
    patterns.emplace_back(Regex("^(?:.*\\.)?(?:" + key + ")$"), alpha.get<double>());
  }
  return patterns;
}

/// A regular expression for the modules' names wherever the moved words stand.
std::string either_name(const std::vector<std::string>& modules) {
  std::string pattern = "(?:(?:model|language_model)\\.)*(?:";
  for (const std::string& module : modules) {
    if (pattern.back() != ':') pattern += '|';
    for (const char c : without_moved_words(module)) pattern += c == '.' ? std::string("\\.") : std::string(1, c);
  }
  return pattern + ")";
}

}  // namespace

double LoraSettings::scaling() const { return rslora ? alpha / std::sqrt(double(rank)) : alpha / double(rank); }

PeftConfig::PeftConfig(const std::filesystem::path& file) {
  const HfConfig config = HfConfig::from_file(file);
  refuse_unsupported(config);
  settings_.rank = config.integer("r", 8);
  settings_.alpha = config.number("lora_alpha", 8);
  settings_.dropout = config.number("lora_dropout", 0);
  settings_.rslora = config.flag("use_rslora", false);
  if (settings_.rank < 1) config.fail("r", "must be positive");
  // The ranks follow from the tensors; the strengths do not.
  alpha_pattern_ = read_alpha_pattern(config);
}

double PeftConfig::scaling(const std::string& module, std::int64_t rank) const {
  LoraSettings settings = settings_;
  settings.rank = rank;
  const auto found = std::find_if(alpha_pattern_.begin(), alpha_pattern_.end(),
                                  [&](const auto& entry) { return !entry.first.matches(module).empty(); });
  if (found != alpha_pattern_.end()) settings.alpha = found->second;
  return settings.scaling();
}

std::string peft_config_text(const LoraSettings& settings, std::vector<std::string> modules, bool renamed) {
  std::sort(modules.begin(), modules.end());
  nlohmann::ordered_json targets = modules;
  if (renamed) targets = either_name(modules);
  const nlohmann::ordered_json config = {{"peft_type", "LORA"},
                                         {"auto_mapping", nullptr},
                                         {"base_model_name_or_path", nullptr},
                                         {"bias", "none"},
                                         {"fan_in_fan_out", false},
                                         {"inference_mode", true},
                                         {"init_lora_weights", true},
                                         {"lora_alpha", settings.alpha},
                                         {"lora_dropout", settings.dropout},
                                         {"modules_to_save", nullptr},
                                         {"r", settings.rank},
                                         {"target_modules", targets},
                                         {"task_type", nullptr},
                                         {"use_dora", false},
                                         {"use_rslora", settings.rslora}};
  return config.dump(2) + "\n";
}

TensorNames tensor_names(const std::string& module, LayerKind kind) {
  const std::string stem = kPrefix + module;
  if (kind == LayerKind::embedding) return {stem + ".lora_embedding_A", stem + ".lora_embedding_B"};
  return {stem + ".lora_A.weight", stem + ".lora_B.weight"};
}

std::optional<ParsedName> parse_name(const std::string& name) {
  for (const LayerKind kind : {LayerKind::linear, LayerKind::embedding}) {
    const TensorNames endings = tensor_names("", kind);
    for (const bool is_a : {true, false}) {
      const std::string ending = (is_a ? endings.a : endings.b).substr(kPrefix.size());
      if (!name.starts_with(kPrefix) || !name.ends_with(ending) || name.size() <= kPrefix.size() + ending.size()) continue;
      return ParsedName{name.substr(kPrefix.size(), name.size() - kPrefix.size() - ending.size()), kind, is_a};
    }
  }
  return std::nullopt;
}

}  // namespace medvlm::sdk::lora
