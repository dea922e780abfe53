#include "verdict.hpp"

#include <nlohmann/json.hpp>

#include "medvlm/base/value.hpp"

namespace medvlm::launcher {
namespace {

using nlohmann::json;

/// The exit status of the loader, and of a failed exec.
constexpr int kNotStarted = 127;

/// The last lines, for the reader who looks for the cause.
std::string tail(const CapturedOutput& output) {
  constexpr std::size_t kShown = 1000;
  std::string text = output.head;
  if (text.size() > kShown) text = "..." + text.substr(text.size() - kShown);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

void add_line(std::string& text, const std::string& line) { text += (text.empty() ? "" : "\n") + line; }

/// Fills the verdict from the report that the probe writes. Throws json::exception for what is no report.
void read_report(const std::string& text, Verdict& verdict) {
  const json report = json::parse(text);
  verdict.word = report.at("refused").get<bool>() ? "refused" : "ok";
  for (const json& finding : report.at("findings")) {
    const auto law = finding.at("law").get<std::string>();
    const auto outcome = finding.at("outcome").get<std::string>();
    const auto message = finding.at("message").get<std::string>();
    if (outcome == "passed") {
      ++verdict.passed;
    } else if (outcome == "skipped") {
      verdict.skipped.push_back(law + ": " + message);
    } else {
      if (verdict.word == "ok") verdict.word = "failed";
      add_line(verdict.detail, law.empty() ? message : law + ": " + message);
    }
  }
  if (verdict.word == "ok" && verdict.passed == 0) {
    verdict.word = "failed";
    verdict.detail = "no law was checked";
  }
}

}  // namespace

Verdict judge(const ChildResult& child, double limit) {
  Verdict verdict;
  if (child.timed_out) {
    verdict.word = "hung";
    verdict.detail = "not done after " + Value(limit).to_json() + " s, so it was killed; --timeout gives it more";
  } else if (child.signal != 0) {
    verdict.word = "crashed";
    verdict.detail = signal_name(child.signal);
  } else if (child.result.total == 0 && child.status == kNotStarted) {
    verdict.word = "exited";
    verdict.detail = "medvlm-engine, which checks plugins, could not start; install medvlm again, or put LibTorch's "
                     "folder into LD_LIBRARY_PATH";
  } else if (child.result.total == 0) {
    verdict.word = "exited";
    verdict.detail = "the plugin ended the process with status " + std::to_string(child.status) +
                     " before its checks were done; plugins throw medvlm::Error instead";
  } else {
    try {
      read_report(child.result.head, verdict);
    } catch (const json::exception&) {
      verdict.word = "garbage";
      verdict.detail = "the child process wrote " + std::to_string(child.result.total) +
                       " bytes that are no report; does the plugin write to descriptors that are not its own?";
    }
    if (child.status != 0 && verdict.word == "ok") {
      verdict.word = "exited";
      verdict.detail = "the process ended with status " + std::to_string(child.status) + " after its checks";
    }
  }
  if (child.out.total != 0) {
    if (verdict.word == "ok") verdict.word = "failed";
    add_line(verdict.detail, "wrote " + std::to_string(child.out.total) +
                                 " bytes to standard output, which belongs to the program; use medvlm::log()");
  }
  if (verdict.word != "ok" && verdict.word != "refused") verdict.output = tail(child.err);
  return verdict;
}

}  // namespace medvlm::launcher
