#include "cluster/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <thread>

#include "cluster/script.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::launcher::cluster {
namespace {

int status_of(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

}  // namespace

bool is_on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((folder + "/" + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

Reply ask(const std::vector<std::string>& words) {
  std::string command = "exec timeout 20";
  for (const std::string& word : words) command += " " + shell_quoted(word);
  std::FILE* stream = ::popen((command + " 2>&1 </dev/null").c_str(), "re");
  if (!stream) throw Error(ErrorCode::io, "cannot start " + words.front() + ": " + std::strerror(errno));
  Reply reply;
  std::array<char, 4096> buffer;
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), stream)) {
    reply.text.append(buffer.data(), got);
  }
  reply.status = status_of(::pclose(stream));
  return reply;
}

int run_logged(const std::vector<std::string>& words, const std::filesystem::path& log, bool (*stop)()) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (out < 0) throw Error(ErrorCode::io, "cannot write '" + log.string() + "': " + std::strerror(errno));
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) {
    ::close(out);
    throw Error(ErrorCode::io, "cannot start " + words.front() + ": " + std::strerror(errno));
  }
  if (child == 0) {
    ::setpgid(0, 0);  // Ctrl-C reaches it through us alone
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(127);
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    ::execvp(pointers[0], pointers.data());
    ::_exit(127);
  }
  ::close(out);
  int status = 0;
  bool told = false;
  while (::waitpid(child, &status, WNOHANG) != child) {
    if (stop() && !told) {
      told = true;
      ::kill(child, SIGTERM);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return status_of(status);
}

}  // namespace medvlm::launcher::cluster
