// What a person sees while a study runs: log lines, a progress bar on a terminal, plain lines elsewhere.
#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "medvlm/core/progress.hpp"

namespace medvlm::launcher {

/// Starts the log on standard error: warnings and errors, and notices unless `quiet`.
void start_logging(bool quiet);

/// Makes Ctrl-C ask for a stop: the first finishes the batch, the second ends the process at once with status 130.
void install_stop_signals();
bool stop_requested();

/// "1h02m", "3m05s", "12s"
std::string format_duration(double seconds);

/// A bar that is redrawn on a terminal; elsewhere one line for every tenth. On standard error; silent if `quiet`.
class TerminalProgress final : public Progress {
 public:
  explicit TerminalProgress(bool quiet);
  void begin(const std::string& stage, std::size_t total, std::size_t done) override;
  void advance(std::size_t items, std::size_t errored) override;
  void end() override;
  bool stop_requested() const override;

 private:
  void draw(bool last);
  std::string status() const;

  bool quiet_, terminal_;
  std::string stage_;
  std::size_t total_ = 0, done_ = 0, start_ = 0, errored_ = 0, shown_tenths_ = 0;
  std::chrono::steady_clock::time_point begun_, drawn_;
};

}  // namespace medvlm::launcher
