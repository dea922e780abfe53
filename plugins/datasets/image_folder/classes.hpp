// Which class a folder is, and what prompts call it.
#pragma once

#include <string>
#include <vector>

#include "medvlm/base/options.hpp"
#include "medvlm/core/data.hpp"

namespace medvlm::image_folder {

/// The classes in index order. A class is named like its folder. `folders` are the class folders found. Throws Error(config)
/// for options `classes`, `positive` and `class_texts` that do not fit them.
std::vector<ClassInfo> make_classes(const Options& options, const std::vector<std::string>& folders);

}  // namespace medvlm::image_folder
