// error.json: why the last attempt at a scenario failed as a whole.
#pragma once

#include <filesystem>

#include "medvlm/base/error.hpp"

namespace medvlm::launcher {

/// Writes `folder/error.json` (`code`, `message`, `written`). A disk that does not take it is not an error of its own.
void leave_scenario_error(const std::filesystem::path& folder, const Error& error);

/// Removes it.
void forget_scenario_error(const std::filesystem::path& folder);

}  // namespace medvlm::launcher
