// What the older forms of a tokenizer (a vocabulary with a few small files beside it) have in common.
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

namespace medvlm::sdk {

/// A JSON object. Throws Error(checkpoint) that names the file.
nlohmann::json read_json_table(const std::filesystem::path& file);
/// An empty one where the file is absent.
nlohmann::json read_json_table_if_there(const std::filesystem::path& file);

/// An item of "added_tokens" for the token that plays a role (its text, or a table with "content" and how it is to be
/// found). `vocab` maps tokens to ids and is called `vocab_name` in messages. Throws Error(checkpoint), beginning with
/// `place`, if the token is not in it.
nlohmann::json special_token(const nlohmann::json& role, const nlohmann::json& vocab, const std::string& vocab_name,
                             const std::string& place);

}  // namespace medvlm::sdk
