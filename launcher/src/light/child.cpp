#include "child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "medvlm/base/error.hpp"

namespace medvlm::launcher {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kKept = 64 * 1024;
constexpr int kResultDescriptor = 3;

[[noreturn]] void fail(const std::string& action) {
  throw Error(ErrorCode::io, "cannot " + action + ": " + std::strerror(errno));
}

/// A pipe whose reading end never blocks.
class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) fail("make a pipe for a child process");
    ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
  }
  ~Pipe() {
    close(0);
    close(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void close_writer() { close(1); }

  /// Takes what there is; closes the reading end at the end of the stream.
  void drain(CapturedOutput& output) {
    std::array<char, 65536> buffer;
    while (ends_[0] >= 0) {
      const ssize_t got = ::read(ends_[0], buffer.data(), buffer.size());
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (got <= 0) {
        close(0);
        return;
      }
      output.total += std::size_t(got);
      const std::size_t room = kKept - output.head.size();
      output.head.append(buffer.data(), std::min(room, std::size_t(got)));
      // One helping at a time: a child that floods must not keep us from the clock.
      if (std::size_t(got) < buffer.size()) return;
      if (++helpings_ % 16 == 0) return;
    }
  }

 private:
  void close(int end) {
    if (ends_[std::size_t(end)] >= 0) ::close(ends_[std::size_t(end)]);
    ends_[std::size_t(end)] = -1;
  }

  std::array<int, 2> ends_{-1, -1};
  unsigned helpings_ = 0;
};

/// Between fork and exec: only calls that are safe there.
[[noreturn]] void become(char* const* words, pid_t parent, const Pipe& out, const Pipe& err, const Pipe& result) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  const struct rlimit no_core {0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  // Moved out of the way first, lest one descriptor be overwritten before it is copied.
  const int high_out = ::fcntl(out.writer(), F_DUPFD_CLOEXEC, 10);
  const int high_err = ::fcntl(err.writer(), F_DUPFD_CLOEXEC, 10);
  const int high_result = ::fcntl(result.writer(), F_DUPFD_CLOEXEC, 10);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(high_out, STDOUT_FILENO);
  ::dup2(high_err, STDERR_FILENO);
  ::dup2(high_result, kResultDescriptor);
  ::execv(words[0], words);
  ::_exit(127);
}

/// True once the child has ended; `status` is then its wait status.
bool ended(pid_t child, int& status) {
  const pid_t got = ::waitpid(child, &status, WNOHANG);
  if (got < 0 && errno != EINTR) fail("wait for a child process");
  return got == child;
}

}  // namespace

ChildResult run_child(std::vector<std::string> words, std::chrono::milliseconds limit) {
  words.insert(words.end(), {"--result-fd", std::to_string(kResultDescriptor)});
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  Pipe out, err, result;
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) fail("start a child process");
  if (child == 0) become(pointers.data(), parent, out, err, result);
  ::setpgid(child, child);  // also here: whichever of the two comes first
  for (Pipe* pipe : {&out, &err, &result}) pipe->close_writer();

  ChildResult ending;
  int status = 0;
  const auto deadline = Clock::now() + limit;
  while (!ended(child, status)) {
    if (!ending.timed_out && Clock::now() >= deadline) {
      ending.timed_out = true;
      ::kill(-child, SIGKILL);
    }
    std::array<pollfd, 3> polled = {pollfd{out.reader(), POLLIN, 0}, pollfd{err.reader(), POLLIN, 0},
                                    pollfd{result.reader(), POLLIN, 0}};
    // Short, since the end of the child itself is no event of a pipe that a grandchild holds open.
    ::poll(polled.data(), polled.size(), 10);
    out.drain(ending.out);
    err.drain(ending.err);
    result.drain(ending.result);
  }
  ::kill(-child, SIGKILL);  // grandchildren
  out.drain(ending.out);
  err.drain(ending.err);
  result.drain(ending.result);
  ending.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  ending.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  return ending;
}

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name ? "SIG" + std::string(name) : "signal " + std::to_string(signal);
}

}  // namespace medvlm::launcher
