// Where the heavy program is, and how the light one becomes it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace medvlm::launcher {

/// `lib/medvlm/medvlm-engine` of the same installation. Throws Error(io) if it is not there.
std::filesystem::path engine_program();

/// Replaces this process by the engine with these arguments. Returns only by throwing Error(io).
[[noreturn]] void become_engine(const std::vector<std::string>& arguments);

/// The same for another program of `lib/medvlm`, without a command's name before its arguments.
[[noreturn]] void become_program(const std::string& name, const std::vector<std::string>& arguments);

}  // namespace medvlm::launcher
