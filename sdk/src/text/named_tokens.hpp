// The tokens that tokenizer_config.json, special_tokens_map.json and added_tokens.json name, read as transformers 4.46
// does.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "medvlm/sdk/text/tokenizer.hpp"
#include "medvlm/sdk/text/vocabulary.hpp"

namespace medvlm::sdk {

class NamedTokens {
 public:
  /// What a tokenizer's class says about its roles where the files do not.
  using Defaults = std::map<std::string, std::string>;

  /// Throws Error(checkpoint) that names the file for what is no token there.
  NamedTokens(const std::filesystem::path& folder, const nlohmann::json& config, const Defaults& defaults = {});

  /// The text of the token with a role, e.g. "bos_token"; nothing if none has it.
  std::optional<std::string> role(const std::string& name) const;
  bool has_role(const std::string& content) const;
  /// Whether it has a role or is listed as another special token.
  bool is_named(const std::string& content) const;
  /// Adds what is named and not in `added` yet. Listed tokens have their ids; others that of the vocabulary or else the
  /// next free one.
  void complete(std::vector<AddedToken>& added, const Vocabulary& vocabulary) const;

 private:
  void read_roles(const nlohmann::json& source, const std::string& place);
  void add_role(const std::string& name, const nlohmann::json& token, const std::string& place);
  void read_list_by_id(const nlohmann::json& list, const std::string& place);
  void read_list_by_text(const nlohmann::json& list, const std::string& place);

  std::map<std::string, std::optional<AddedToken>> roles_;  ///< "pad_token" and so on; nothing: there is none
  std::vector<AddedToken> others_;                          ///< special, without a role
  std::vector<AddedToken> listed_;                          ///< with ids
};

}  // namespace medvlm::sdk
