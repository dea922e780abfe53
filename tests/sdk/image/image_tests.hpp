// What the tests of pictures share.
#pragma once

#include <filesystem>
#include <string>

#include "goldens_folder.hpp"

namespace medvlm::test {

inline std::filesystem::path golden_file(const std::string& name) { return goldens_folder() / "images" / "files" / name; }

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace medvlm::test
