// What the older forms of a tokenizer (a vocabulary with a few small files beside it) have in common.
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "medvlm/sdk/text/vocabulary.hpp"

namespace medvlm::sdk {

/// A JSON object. Throws Error(checkpoint) that names the file.
nlohmann::json read_json_table(const std::filesystem::path& file);
/// An empty one where the file is absent.
nlohmann::json read_json_table_if_there(const std::filesystem::path& file);

/// The class that tokenizer_config.json names, without "Fast" at the end; empty if it names none. Throws
/// Error(checkpoint).
std::string tokenizer_class(const nlohmann::json& config, const std::filesystem::path& folder);

/// An item of "added_tokens" for the token that plays a role (its text, or a table with "content" and how it is to be
/// found). The vocabulary is called `vocab_name` in messages. Throws Error(checkpoint), beginning with `place`, if the
/// token is not in it.
nlohmann::json special_token(const nlohmann::json& role, const Vocabulary& vocab, const std::string& vocab_name,
                             const std::string& place);

}  // namespace medvlm::sdk
