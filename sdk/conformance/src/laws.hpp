// Runs laws one after the other and turns what they throw into findings.
#pragma once

#include <functional>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "medvlm/conformance/finding.hpp"

namespace medvlm::conformance {

/// Thrown by a law that does not hold.
struct Broken {
  std::string message;
};

/// Thrown by a law that cannot be checked here.
struct NotApplicable {
  std::string reason;
};

/// Ends the running law as failed unless `holds`.
void require(bool holds, const std::string& message);

class Laws {
 public:
  /// Runs one law. Any exception but NotApplicable makes it a failed one. Returns whether it passed.
  bool check(const std::string& law, const std::function<void()>& body);
  std::vector<Finding> take() { return std::move(findings_); }

 private:
  std::vector<Finding> findings_;
};

/// Runs `body` in two threads at once and gives both results; an exception of either thread is thrown here.
template <class Body>
auto in_two_threads(Body body) {
  auto first = std::async(std::launch::async, body);
  auto second = std::async(std::launch::async, body);
  auto result = first.get();
  return std::pair(std::move(result), second.get());
}

}  // namespace medvlm::conformance
