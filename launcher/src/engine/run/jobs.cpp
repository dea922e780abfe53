#include "jobs.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>

#include "medvlm/base/error.hpp"
#include "medvlm/base/log.hpp"
#include "terminal.hpp"

namespace medvlm::launcher {
namespace {

pid_t start_job(const Job& job) {
  std::vector<std::string> words{"medvlm-engine"};
  words.insert(words.end(), job.words.begin(), job.words.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t process = 0;
  const int failure = ::posix_spawn(&process, "/proc/self/exe", &actions, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw Error(ErrorCode::io, "cannot start a process for '" + job.name + "': " + std::strerror(failure));
  return process;
}

int status_of(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

std::string prefix_of(const std::string& name, int parts) {
  std::size_t end = 0;
  for (int i = 0; i < parts && end != name.npos; ++i) end = name.find('/', end == 0 ? 0 : end + 1);
  return name.substr(0, end);
}

}  // namespace

std::vector<int> run_jobs(const std::vector<Job>& jobs, std::size_t at_once) {
  std::vector<int> statuses(jobs.size(), -1);
  std::map<pid_t, std::size_t> running;
  std::size_t next = 0, ended = 0;
  bool told = false;
  while (next < jobs.size() || !running.empty()) {
    while (next < jobs.size() && running.size() < at_once && !stop_requested()) {
      const pid_t process = start_job(jobs[next]);
      running.emplace(process, next++);
    }
    if (running.empty()) break;
    if (stop_requested() && !told) {
      told = true;
      for (const auto& [process, job] : running) ::kill(process, SIGTERM);
    }
    int wait_status = 0;
    const pid_t process = ::waitpid(-1, &wait_status, WNOHANG);
    if (process <= 0) {
      ::usleep(20000);
      continue;
    }
    const auto found = running.find(process);
    if (found == running.end()) continue;
    const std::size_t job = found->second;
    statuses[job] = status_of(wait_status);
    running.erase(found);
    log(LogLevel::info, "[" + std::to_string(++ended) + "/" + std::to_string(jobs.size()) + "] " + jobs[job].name +
                            (statuses[job] == 0 ? "" : " ended with status " + std::to_string(statuses[job])));
  }
  return statuses;
}

std::vector<std::vector<std::string>> job_groups(const std::vector<std::string>& names, std::size_t at_once) {
  std::vector<std::vector<std::string>> groups;
  for (const int parts : {1, 2}) {
    std::map<std::string, std::size_t> place;
    groups.clear();
    for (const std::string& name : names) {
      const auto [found, added] = place.try_emplace(prefix_of(name, parts), groups.size());
      if (added) groups.emplace_back();
      groups[found->second].push_back(name);
    }
    if (groups.size() >= at_once) break;
  }
  return groups;
}

}  // namespace medvlm::launcher
