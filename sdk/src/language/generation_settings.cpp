#include "medvlm/sdk/language/generation_settings.hpp"

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/hf_config.hpp"

namespace medvlm::sdk::language {
namespace {

/// eos_token_id of a config: one number or several.
std::vector<std::int64_t> end_tokens(const HfConfig& config) {
  const std::string type = config.type_of("eos_token_id");
  if (type == "nothing") return {};
  return type == "list" ? config.integers("eos_token_id") : std::vector{config.integer("eos_token_id")};
}

std::vector<std::int64_t> end_tokens_of_model(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder / "config.json")) return {};
  const HfConfig config = HfConfig::from_file(folder / "config.json");
  const auto own = end_tokens(config);
  return own.empty() ? end_tokens(config.object_or_empty("text_config")) : own;
}

void check_range(bool good, const char* name, const char* range) {
  if (!good) throw Error(ErrorCode::config, std::string(name) + " must be " + range);
}

}  // namespace

GenerationSettings read_generation_settings(const std::filesystem::path& folder, const GenerationSettings& family) {
  GenerationSettings settings = family;
  const auto file = folder / "generation_config.json";
  if (std::filesystem::exists(file)) {
    const HfConfig config = HfConfig::from_file(file);
    settings.sample = config.flag("do_sample", family.sample);
    settings.temperature = config.number("temperature", family.temperature);
    settings.top_p = config.number("top_p", family.top_p);
    settings.top_k = config.integer("top_k", family.top_k);
    settings.repetition_penalty = config.number("repetition_penalty", family.repetition_penalty);
    const auto ends = end_tokens(config);
    if (!ends.empty()) settings.stop = ends;
  }
  if (settings.stop.empty()) settings.stop = end_tokens_of_model(folder);
  if (settings.top_k == 1 || settings.temperature == 0) settings.sample = false;
  return settings;
}

GenerationSettings resolve(const GenerationSettings& checkpoint, const Generation& asked) {
  GenerationSettings settings = checkpoint;
  if (asked.max_new_tokens) settings.max_new_tokens = *asked.max_new_tokens;
  if (asked.temperature) {
    settings.temperature = *asked.temperature;
    settings.sample = *asked.temperature > 0;
  }
  if (asked.top_p) settings.top_p = *asked.top_p;
  if (asked.top_k) settings.top_k = *asked.top_k;
  if (asked.repetition_penalty) settings.repetition_penalty = *asked.repetition_penalty;
  check_range(settings.max_new_tokens > 0, "max_new_tokens", "at least 1");
  check_range(settings.temperature >= 0, "temperature", "0 (greedy) or more");
  check_range(settings.top_p > 0 && settings.top_p <= 1, "top_p", "above 0 and at most 1");
  check_range(settings.top_k >= 0, "top_k", "0 (all tokens) or more");
  check_range(settings.repetition_penalty > 0, "repetition_penalty", "above 0 (1: none)");
  if (settings.top_k == 1) settings.sample = false;
  return settings;
}

}  // namespace medvlm::sdk::language
