#include "vila_prompt.hpp"

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/hf_config.hpp"

namespace medvlm::vila {

namespace fs = std::filesystem;

namespace {

/// VILA's own conversation "llama_3", used for checkpoints whose name says so.
constexpr const char* kLlama3System =
    "You are a helpful language and vision assistant. You are able to understand the visual content that the user "
    "provides, and assist the user with a variety of tasks using natural language.";
constexpr const char* kBegin = "<|begin_of_text|>";
constexpr const char* kSystemTurn = "<|start_header_id|>system<|end_header_id|>\n\n{system}<|eot_id|>";
constexpr const char* kUserTurn =
    "<|start_header_id|>user<|end_header_id|>\n\n{image}{question}<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n";

/// Llama 3's template, however it is written down. That of 3.1 and later adds dates and tools by itself.
bool is_llama3(const std::string& chat_template) {
  for (const char* part : {"<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"}) {
    if (chat_template.find(part) == std::string::npos) return false;
  }
  return chat_template.find("Cutting Knowledge") == std::string::npos;
}

constexpr const char* kCure = "; give the prompt by the option `template`, e.g. \"USER: {image}{question} ASSISTANT:\"";

void check_chat_template(const VilaConfig& config) {
  if (!config.bundled_template.empty()) {
    throw Error(ErrorCode::checkpoint, "'" + (config.language.parent_path() / "config.json").string() +
                                           "': chat_template: names VILA's template '" + config.bundled_template +
                                           "', which this plugin does not know" + kCure);
  }
  const fs::path file = config.language / "tokenizer_config.json";
  if (!fs::exists(file)) return;
  const sdk::HfConfig tokenizer = sdk::HfConfig::from_file(file);
  if (!tokenizer.has("chat_template")) return;
  const bool known = tokenizer.type_of("chat_template") == "text" && is_llama3(tokenizer.text("chat_template"));
  if (!known) tokenizer.fail("chat_template", std::string("is not that of Llama 3") + kCure);
}

void check_tokens(const sdk::Tokenizer& tokenizer) {
  for (const char* token : {kBegin, "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"}) {
    if (tokenizer.find_id(token)) continue;
    throw Error(ErrorCode::checkpoint, "'" + tokenizer.path().string() + "' has no token " + token +
                                           ": it is not Llama 3's" + kCure);
  }
}

/// What the option `system` says by default: that the conversation has its own.
constexpr const char* kFamily = "family";

void check_place_of_system(const std::string& text, const std::string& system) {
  if (system == kFamily || system.empty() || text.find("{system}") != std::string::npos) return;
  throw Error(ErrorCode::config, "template: has no place {system}, but the option `system` is given");
}

}  // namespace

sdk::language::PromptTemplate vila_template(const Options& options, const VilaConfig& config,
                                            const sdk::Tokenizer& tokenizer) {
  const bool llama3 = options.text("conversation") == "llama_3";
  const std::string& own = options.text("template");
  std::string system = options.text("system");
  if (!own.empty()) check_place_of_system(own, system);
  if (system == kFamily) system = llama3 ? kLlama3System : "";
  if (!own.empty()) return {own, system};
  if (!llama3) check_chat_template(config);
  check_tokens(tokenizer);
  return {std::string(kBegin) + (system.empty() ? "" : kSystemTurn) + kUserTurn, system};
}

}  // namespace medvlm::vila
