// config.json of public checkpoints, as far as it determines the architecture.
#pragma once

#include <cstdio>
#include <string>

#include <nlohmann/json.hpp>

namespace medvlm::test {

/// google/siglip-base-patch16-224: everything but the type is the class default.
inline nlohmann::json published_siglip_base() {
  return {{"model_type", "siglip"},
          {"text_config", {{"model_type", "siglip_text_model"}, {"vocab_size", 32000}}},
          {"vision_config", {{"model_type", "siglip_vision_model"}}}};
}

/// google/medsiglip-448: so400m with patches of 14 on pictures of 448.
inline nlohmann::json published_medsiglip() {
  const nlohmann::json so400m = {
      {"hidden_size", 1152}, {"intermediate_size", 4304}, {"num_attention_heads", 16}, {"num_hidden_layers", 27}};
  nlohmann::json config = {{"model_type", "siglip"}, {"text_config", so400m}, {"vision_config", so400m}};
  config["text_config"]["vocab_size"] = 32000;
  config["text_config"]["projection_size"] = 1152;
  config["vision_config"]["image_size"] = 448;
  config["vision_config"]["patch_size"] = 14;
  return config;
}

/// 203155970 -> "203.16"
inline std::string in_millions(std::int64_t count) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", static_cast<double>(count) / 1e6);
  return text;
}

}  // namespace medvlm::test
