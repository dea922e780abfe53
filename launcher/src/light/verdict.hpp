// What `medvlm validate` concludes from how a plugin's child process ended.
#pragma once

#include <string>
#include <vector>

#include "child.hpp"

namespace medvlm::launcher {

/// The verdict on one plugin: "ok", "failed", "refused", "crashed", "hung", "exited" or "garbage".
struct Verdict {
  std::string file;    ///< of the manifest
  std::string plugin;  ///< "metric 'accuracy'", or empty if the manifest cannot be read
  std::string word;
  std::string detail;  ///< one or more lines: signal, limit, failed laws; empty if ok
  std::size_t passed = 0;
  std::vector<std::string> skipped;  ///< laws that could not be checked, with the reason
  std::string output;  ///< the last lines that the child wrote to standard error, if it did not end well
};

/// Judges a child that ran `medvlm-engine probe`. `limit` is its time limit in seconds.
Verdict judge(const ChildResult& child, double limit);

}  // namespace medvlm::launcher
