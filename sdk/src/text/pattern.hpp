// The pattern of a Replace or Split step.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "medvlm/sdk/text/regex.hpp"

namespace medvlm::sdk {

/// {"Regex": ".."} or {"String": ".."}. Throws Error(checkpoint), beginning with `place`.
Regex make_pattern(const nlohmann::json& pattern, const std::string& place);

}  // namespace medvlm::sdk
