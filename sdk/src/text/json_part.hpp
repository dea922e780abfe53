// Reading one part of tokenizer.json: known keys only, typed values, errors with the place.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace medvlm::sdk {

[[noreturn]] void fail_part(const std::string& place, const std::string& complaint);

/// The part's "type". Throws if the part is no table.
std::string part_type(const nlohmann::json& part, const std::string& place);

/// Throws for a key outside the list ("type" is always known).
void check_keys(const nlohmann::json& part, const std::string& place, std::initializer_list<std::string_view> known);

const nlohmann::json& part_at(const nlohmann::json& part, const char* key, const std::string& place);
const nlohmann::json& list_at(const nlohmann::json& part, const char* key, const std::string& place);
std::string text_at(const nlohmann::json& part, const char* key, const std::string& place);
/// Absent or null gives nothing.
std::optional<std::string> optional_text_at(const nlohmann::json& part, const char* key, const std::string& place);
bool flag_at(const nlohmann::json& part, const char* key, bool fallback, const std::string& place);
std::int64_t id_of(const nlohmann::json& value, const std::string& place);

/// "place[2]"
std::string item_place(const std::string& place, std::size_t item);

}  // namespace medvlm::sdk
