// What a conformance suite reports: one finding per law.
#pragma once

#include <string>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::conformance {

enum class Outcome { passed, failed, skipped };

/// The outcome of one law. `message` says what was found and expected, or why the law was skipped.
struct Finding {
  std::string law;
  Outcome outcome = Outcome::passed;
  std::string message;
};

/// "passed", "failed" or "skipped".
MEDVLM_API std::string to_string(Outcome outcome);

/// True if no law failed and at least one was checked.
MEDVLM_API bool conforms(const std::vector<Finding>& findings);

/// The failed laws, one a line; empty if there is none.
MEDVLM_API std::string failures(const std::vector<Finding>& findings);

}  // namespace medvlm::conformance
