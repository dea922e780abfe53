#include "engine.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "medvlm/base/error.hpp"
#include "medvlm/registry/search_path.hpp"

namespace medvlm::launcher {

std::filesystem::path engine_program() {
  const auto program = registry::program_prefix() / "lib/medvlm/medvlm-engine";
  if (::access(program.c_str(), X_OK) != 0) {
    throw Error(ErrorCode::io, "cannot start '" + program.string() + "': " + std::strerror(errno) +
                                   "; the installation is incomplete: install medvlm again");
  }
  return program;
}

void become_engine(const std::vector<std::string>& arguments) {
  const std::string program = engine_program().string();
  std::vector<char*> words{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  ::execv(program.c_str(), words.data());
  throw Error(ErrorCode::io, "cannot start '" + program + "': " + std::strerror(errno));
}

}  // namespace medvlm::launcher
