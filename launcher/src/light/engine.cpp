#include "engine.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "medvlm/base/error.hpp"
#include "medvlm/registry/search_path.hpp"

namespace medvlm::launcher {

namespace {

std::filesystem::path installed_program(const std::string& name) {
  const auto program = registry::program_prefix() / "lib/medvlm" / name;
  if (::access(program.c_str(), X_OK) != 0) {
    throw Error(ErrorCode::io, "cannot start '" + program.string() + "': " + std::strerror(errno) +
                                   "; the installation is incomplete: install medvlm again");
  }
  return program;
}

[[noreturn]] void replace_by(const std::string& program, const std::vector<std::string>& arguments) {
  std::vector<char*> words{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  ::execv(program.c_str(), words.data());
  throw Error(ErrorCode::io, "cannot start '" + program + "': " + std::strerror(errno));
}

}  // namespace

std::filesystem::path engine_program() { return installed_program("medvlm-engine"); }

void become_engine(const std::vector<std::string>& arguments) { replace_by(engine_program().string(), arguments); }

void become_program(const std::string& name, const std::vector<std::string>& arguments) {
  replace_by(installed_program(name).string(), arguments);
}

}  // namespace medvlm::launcher
