#include "terminal.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "medvlm/base/log.hpp"

namespace medvlm::launcher {
namespace {

std::atomic<int> g_stops{0};
std::atomic<bool> g_bar_shown{false};

void on_signal(int) {
  if (g_stops.fetch_add(1) > 0) ::_exit(130);
  static constexpr char kNotice[] = "\nstopping after this batch; press Ctrl-C again to stop at once\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kNotice, sizeof kNotice - 1);
}

void to_spdlog(LogLevel level, std::string_view line) {
  // A log line would be written into the middle of the bar: clear it first; it is drawn again at the next step.
  if (g_bar_shown.exchange(false)) std::fputs("\r\033[K", stderr);
  switch (level) {
    case LogLevel::debug: spdlog::debug("{}", line); break;
    case LogLevel::info: spdlog::info("{}", line); break;
    case LogLevel::warning: spdlog::warn("{}", line); break;
    case LogLevel::error: spdlog::error("{}", line); break;
  }
}

std::size_t terminal_width() {
  struct winsize size {};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) return size.ws_col;
  return 80;
}

}  // namespace

void start_logging(bool quiet) {
  auto logger = spdlog::stderr_color_mt("medvlm");
  logger->set_pattern("%^%l%$: %v");
  logger->set_level(quiet ? spdlog::level::err : spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
  set_log_sink(to_spdlog);
}

void install_stop_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

bool stop_requested() { return g_stops > 0; }

std::string format_duration(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  char text[48];
  if (whole >= 3600) {
    std::snprintf(text, sizeof text, "%ldh%02ldm", whole / 3600, whole / 60 % 60);
  } else if (whole >= 60) {
    std::snprintf(text, sizeof text, "%ldm%02lds", whole / 60, whole % 60);
  } else {
    std::snprintf(text, sizeof text, "%lds", whole);
  }
  return text;
}

TerminalProgress::TerminalProgress(bool quiet) : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) != 0) {}

bool TerminalProgress::stop_requested() const { return launcher::stop_requested(); }

void TerminalProgress::begin(const std::string& stage, std::size_t total, std::size_t done) {
  stage_ = stage;
  total_ = total;
  start_ = done_ = done;
  errored_ = 0;
  shown_tenths_ = total ? done * 10 / total : 0;
  begun_ = drawn_ = std::chrono::steady_clock::now();
  if (done > 0) log(LogLevel::info, stage + ": resuming, " + std::to_string(done) + " of " + std::to_string(total) + " done");
  draw(false);
}

std::string TerminalProgress::status() const {
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begun_;
  const std::size_t fresh = done_ - start_;
  char text[160];
  std::snprintf(text, sizeof text, "%zu/%zu", done_, total_);
  std::string line = text;
  if (fresh > 0 && elapsed.count() > 0) {
    const double rate = double(fresh) / elapsed.count();
    std::snprintf(text, sizeof text, "  %.1f/s", rate);
    line += text;
    line += done_ < total_ ? "  " + format_duration(double(total_ - done_) / rate) + " left" : "  " + format_duration(elapsed.count());
  }
  if (errored_ > 0) line += "  " + std::to_string(errored_) + " failed";
  return line;
}

void TerminalProgress::draw(bool last) {
  if (quiet_) return;
  if (!terminal_) {
    const std::size_t tenths = total_ ? done_ * 10 / total_ : 10;
    if (tenths > shown_tenths_ || last) {
      std::fprintf(stderr, "%s  %s\n", stage_.c_str(), status().c_str());
      shown_tenths_ = tenths;
    }
    return;
  }
  const std::string text = status();
  const std::size_t used = stage_.size() + text.size() + 6;
  const std::size_t width = terminal_width();
  const std::size_t bar = width > used ? std::min<std::size_t>(width - used, 40) : 0;
  const std::size_t filled = total_ ? bar * done_ / total_ : bar;
  std::string drawn(filled, '#');
  drawn.resize(bar, '.');
  std::fprintf(stderr, "\r\033[K%s [%s] %s%s", stage_.c_str(), drawn.c_str(), text.c_str(), last ? "\n" : "");
  std::fflush(stderr);
  g_bar_shown = !last;
}

void TerminalProgress::advance(std::size_t items, std::size_t errored) {
  done_ += items;
  errored_ += errored;
  const auto now = std::chrono::steady_clock::now();
  if (terminal_ && now - drawn_ < std::chrono::milliseconds(100)) return;
  drawn_ = now;
  draw(false);
}

void TerminalProgress::end() {
  // Plain output has said the last tenth already.
  if (terminal_ || done_ < total_) draw(true);
}

}  // namespace medvlm::launcher
