// Strict JSON for files that others wrote: UTF-8 checked, no key twice, bounded depth.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace medvlm::sdk {

/// Throws Error(checkpoint), beginning with `label`, for anything but one well-formed JSON value.
nlohmann::json parse_strict_json(std::string_view text, const std::string& label, int max_depth = 64);

/// "text", "integer", "number", "boolean", "list", "table" or "nothing".
std::string json_type_name(const nlohmann::json& value);

/// A name from a file made fit for a message: quoted, cut when long, control characters replaced.
std::string in_quotes(std::string_view name);

}  // namespace medvlm::sdk
