// Other programs: whether they are there, and what they answer.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace medvlm::launcher::cluster {

/// Whether a program of this name is on PATH.
bool is_on_path(const std::string& program);

/// What a program wrote (standard output and error together), and its exit status (124: it took longer than 20 seconds).
struct Reply {
  int status = 0;
  std::string text;
};

/// Runs a program to its end. Throws Error(io) if that is not possible at all.
Reply ask(const std::vector<std::string>& words);

/// Runs a program with its output appended to `log`, in a process group of its own; while it runs, `stop` is asked for, and
/// once it is true the program gets SIGTERM. Returns the exit status, 128 + the number of a signal that ended it. Throws
/// Error(io) if it cannot be started.
int run_logged(const std::vector<std::string>& words, const std::filesystem::path& log, bool (*stop)());

}  // namespace medvlm::launcher::cluster
