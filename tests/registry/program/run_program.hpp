// Runs the built programs and keeps what they say.
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

struct Ended {
  int status = -1;
  std::string out;
  std::string err;
};

/// Runs `medvlm <arguments>` through the shell, with no plugins but those that the arguments name.
inline Ended medvlm_program(const std::string& arguments, const std::string& environment = "MEDVLM_PLUGIN_PATH=") {
  const auto err_file = std::filesystem::temp_directory_path() / ("medvlm-err-" + std::to_string(::getpid()));
  const std::string command =
      environment + " '" MEDVLM_BUILD_DIR "/bin/medvlm' " + arguments + " 2>'" + err_file.string() + "'";
  Ended ended;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) return ended;
  char buffer[4096];
  for (std::size_t got; (got = ::fread(buffer, 1, sizeof buffer, pipe)) > 0;) ended.out.append(buffer, got);
  const int status = ::pclose(pipe);
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  std::ifstream err(err_file);
  ended.err.assign(std::istreambuf_iterator<char>(err), {});
  std::filesystem::remove(err_file);
  return ended;
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
