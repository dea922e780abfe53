// PEFT's adapter_config.json and the names in adapter_model.safetensors.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "medvlm/core/adaptable.hpp"
#include "medvlm/sdk/lora/lora_adapter.hpp"
#include "medvlm/sdk/text/regex.hpp"

namespace medvlm::sdk::lora {

inline constexpr const char* kConfigFile = "adapter_config.json";
inline constexpr const char* kWeightFile = "adapter_model.safetensors";

/// What an adapter_config.json says about the strength of its updates.
class PeftConfig {
 public:
  /// Throws Error(checkpoint) that names the key for a kind of adapter that is not supported here.
  explicit PeftConfig(const std::filesystem::path& file);
  const LoraSettings& settings() const { return settings_; }
  /// alpha / rank, or the like, of one module. `rank` is that of its tensors.
  double scaling(const std::string& module, std::int64_t rank) const;

 private:
  LoraSettings settings_;
  std::vector<std::pair<Regex, double>> alpha_pattern_;
};

/// The text of adapter_config.json for updates of these modules. `renamed`: they belong to a model whose modules other
/// versions of transformers call otherwise, so PEFT is told to find them under either name.
std::string peft_config_text(const LoraSettings& settings, std::vector<std::string> modules, bool renamed = false);

/// A module's name without the words that stand in other places in other versions of transformers:
/// "language_model.model.layers.0" was renamed "model.language_model.layers.0".
std::string without_moved_words(const std::string& name);

/// The names of A and B of a module.
struct TensorNames {
  std::string a, b;
};
TensorNames tensor_names(const std::string& module, LayerKind kind);

/// Module and role of a tensor's name, or nothing if it is no LoRA tensor.
struct ParsedName {
  std::string module;
  LayerKind kind = LayerKind::linear;
  bool is_a = false;
};
std::optional<ParsedName> parse_name(const std::string& name);

}  // namespace medvlm::sdk::lora
