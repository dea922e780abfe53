// Whether a file is a whole library for this kind of machine.
#pragma once

#include <string>
#include <string_view>

namespace medvlm::registry {

/// Why the bytes cannot be loaded ("is empty", "is cut short: ..."), or empty. The loader maps what the header
/// promises and would die of a bus error where the file ends earlier.
std::string library_defect(std::string_view bytes);

}  // namespace medvlm::registry
