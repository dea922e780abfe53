// Complaints of a plugin about its options, with their place.
#pragma once

#include <string>

#include "medvlm/base/error.hpp"
#include "medvlm/base/options.hpp"

namespace medvlm::sdk {

/// Error(config) with the option's place in the study: "file:line:column: option 'name': message".
MEDVLM_API Error option_error(const Options& options, const std::string& name, const std::string& message);

}  // namespace medvlm::sdk
