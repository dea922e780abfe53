// The border around plugin calls: whatever is thrown for one sample becomes that sample's error.
#pragma once

#include <optional>
#include <string>

#include "medvlm/core/data.hpp"

namespace medvlm {

/// The exception that is being handled, as a sample's error. Call it inside a catch block. Interruption, and an
/// endpoint that cannot be reached any more, are rethrown.
MEDVLM_API SampleError current_sample_error(const std::string& stage);

/// Runs `action`; gives the error if it threw. Anything may be thrown, also what is no std::exception.
template <typename Action>
std::optional<SampleError> sample_error_of(const std::string& stage, Action action) {
  try {
    action();
    return std::nullopt;
  } catch (...) {
    return current_sample_error(stage);
  }
}

}  // namespace medvlm
