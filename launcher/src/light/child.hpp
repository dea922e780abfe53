// Runs a child process that may crash, hang, exit or flood its output.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace medvlm::launcher {

/// One output of a child: its first bytes, and how many there were.
struct CapturedOutput {
  std::string head;
  std::size_t total = 0;
};

/// How a child ended and what it wrote.
struct ChildResult {
  bool timed_out = false;  ///< it was killed at the time limit
  int signal = 0;          ///< that ended it, or 0
  int status = 0;          ///< exit status if no signal ended it
  CapturedOutput out;
  CapturedOutput err;
  CapturedOutput result;   ///< what it wrote to the result descriptor
};

/// Starts `words` with `--result-fd N` appended, in a process group of its own, waits for the end or the limit, and
/// kills what is left of the group. Keeps the first 64 KiB of each output and discards the rest. Throws Error(io).
ChildResult run_child(std::vector<std::string> words, std::chrono::milliseconds limit);

/// "SIGSEGV".
std::string signal_name(int signal);

}  // namespace medvlm::launcher
