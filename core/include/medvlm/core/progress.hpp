// How the evaluation tells what it is doing, and learns that it should stop.
#pragma once

#include <cstddef>
#include <string>

#include "medvlm/base/api.hpp"

namespace medvlm {

/// Receives progress from the thread that runs the evaluation.
class MEDVLM_API Progress {
 public:
  virtual ~Progress();
  /// A stage of `total` items begins, `done` of which are done already.
  virtual void begin(const std::string& stage, std::size_t total, std::size_t done) = 0;
  virtual void advance(std::size_t items, std::size_t errored) = 0;
  virtual void end() = 0;
  /// True once the user asked to stop: the current batch is finished and kept.
  virtual bool stop_requested() const = 0;
};

}  // namespace medvlm
