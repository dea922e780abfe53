// The commands of the light program, which answers without loading LibTorch.
#pragma once

#include <string>
#include <vector>

namespace medvlm::launcher {

/// The words after the command's name.
using Arguments = std::vector<std::string>;

/// Each prints to standard output, returns the exit status, and throws Error for what it refuses.
int list_command(const Arguments& arguments);
int info_command(const Arguments& arguments);
int validate_command(const Arguments& arguments);
int status_command(const Arguments& arguments);
int export_command(const Arguments& arguments);
int import_command(const Arguments& arguments);
int report_command(const Arguments& arguments);
int compare_command(const Arguments& arguments);

}  // namespace medvlm::launcher
