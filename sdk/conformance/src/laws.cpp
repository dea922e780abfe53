#include "laws.hpp"

#include <exception>

#include "medvlm/base/error.hpp"

namespace medvlm::conformance {

std::string to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed: return "passed";
    case Outcome::failed: return "failed";
    case Outcome::skipped: return "skipped";
  }
  return "failed";
}

bool conforms(const std::vector<Finding>& findings) {
  bool checked = false;
  for (const Finding& finding : findings) {
    if (finding.outcome == Outcome::failed) return false;
    checked = checked || finding.outcome == Outcome::passed;
  }
  return checked;
}

std::string failures(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    if (finding.outcome == Outcome::failed) text += finding.law + ": " + finding.message + "\n";
  }
  return text;
}

void require(bool holds, const std::string& message) {
  if (!holds) throw Broken{message};
}

bool Laws::check(const std::string& law, const std::function<void()>& body) {
  Finding finding{law, Outcome::failed, ""};
  try {
    body();
    finding.outcome = Outcome::passed;
  } catch (const Broken& broken) {
    finding.message = broken.message;
  } catch (const NotApplicable& reason) {
    finding.outcome = Outcome::skipped;
    finding.message = reason.reason;
  } catch (const Error& error) {
    finding.message = "threw an error: " + std::string(error.what());
  } catch (const std::exception& error) {
    finding.message = "threw something that is not a medvlm::Error: " + std::string(error.what());
  } catch (...) {
    finding.message = "threw something that is not a medvlm::Error";
  }
  findings_.push_back(std::move(finding));
  return findings_.back().outcome == Outcome::passed;
}

}  // namespace medvlm::conformance
