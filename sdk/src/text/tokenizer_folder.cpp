// Which of a folder's files are the tokenizer.
#include "byte_pair_files.hpp"
#include "json_part.hpp"
#include "llama_files.hpp"
#include "named_tokens.hpp"
#include "pipeline.hpp"
#include "tokenizer_files.hpp"

namespace medvlm::sdk {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// tokenizer.json with what the files beside it add.
PipelineParts json_folder_parts(const fs::path& folder, const json& config) {
  PipelineParts parts = tokenizer_json_parts(folder / "tokenizer.json");
  NamedTokens(folder, config).complete(parts.added, parts.model->vocabulary());
  parts.clean_up = flag_at(config, "clean_up_tokenization_spaces", false, (folder / "tokenizer_config.json").string());
  return parts;
}

/// tokenizer.model is LLaMA's name for it, unless it lies alone.
PipelineParts model_folder_parts(const fs::path& folder, const json& config) {
  const fs::path file = folder / "tokenizer.model";
  const std::string name = tokenizer_class(config, folder);
  if (!name.empty() && name != "LlamaTokenizer") {
    fail_part(folder.string(), "tokenizer.model is read as LLaMA's, and this tokenizer is of the class '" + name +
                                   "'; save it with tokenizer.json");
  }
  for (const char* other : {"tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "config.json"}) {
    if (fs::exists(folder / other)) return llama_parts(file, config);
  }
  return sentencepiece_parts(file);
}

}  // namespace

PipelineParts folder_parts(const fs::path& folder) {
  const json config = read_json_table_if_there(folder / "tokenizer_config.json");
  if (fs::exists(folder / "tokenizer.json")) return json_folder_parts(folder, config);
  if (fs::exists(folder / "spiece.model")) return sentencepiece_parts(folder / "spiece.model");
  if (fs::exists(folder / "tokenizer.model")) return model_folder_parts(folder, config);
  if (fs::exists(folder / "vocab.txt")) return bert_parts(folder / "vocab.txt");
  return byte_pair_parts(folder, config);
}

}  // namespace medvlm::sdk
