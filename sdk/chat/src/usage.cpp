#include <cstdio>

#include <nlohmann/json.hpp>

#include "medvlm/sdk/chat/client.hpp"

namespace medvlm::sdk::chat {

Usage& Usage::operator+=(const Usage& other) {
  questions += other.questions;
  answered += other.answered;
  cached += other.cached;
  failed += other.failed;
  calls += other.calls;
  rate_limited += other.rate_limited;
  malformed += other.malformed;
  prompt_tokens += other.prompt_tokens;
  completion_tokens += other.completion_tokens;
  cost += other.cost;
  served_models.insert(other.served_models.begin(), other.served_models.end());
  return *this;
}

std::string to_string(const Usage& usage) {
  std::string text = std::to_string(usage.questions) + " questions: " + std::to_string(usage.answered) + " answered, " +
                     std::to_string(usage.cached) + " from the cache, " + std::to_string(usage.failed) + " failed; " +
                     std::to_string(usage.calls) + " calls, " + std::to_string(usage.prompt_tokens) + " + " +
                     std::to_string(usage.completion_tokens) + " tokens";
  if (usage.cost > 0) {
    char cost[48];
    std::snprintf(cost, sizeof cost, ", cost %.4f", usage.cost);
    text += cost;
  }
  return text;
}

std::string to_json(const Usage& usage) {
  const nlohmann::ordered_json json{{"questions", usage.questions},         {"answered", usage.answered},
                                    {"cached", usage.cached},               {"failed", usage.failed},
                                    {"calls", usage.calls},                 {"rate_limited", usage.rate_limited},
                                    {"malformed", usage.malformed},         {"prompt_tokens", usage.prompt_tokens},
                                    {"completion_tokens", usage.completion_tokens}, {"cost", usage.cost},
                                    {"served_models", usage.served_models}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace medvlm::sdk::chat
