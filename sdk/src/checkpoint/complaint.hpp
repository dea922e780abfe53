// How the readers refuse a file.
#pragma once

#include <string>

#include "medvlm/base/error.hpp"

namespace medvlm::sdk {

/// Throws Error(checkpoint) "place: complaint".
[[noreturn]] inline void fail(const std::string& place, const std::string& complaint) {
  throw Error(ErrorCode::checkpoint, place + ": " + complaint);
}

}  // namespace medvlm::sdk
