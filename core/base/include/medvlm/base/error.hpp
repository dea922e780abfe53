// The one exception type of medvlm, its codes, and the exit statuses that they become.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm {

/// What went wrong. Each code has one exit status, documented in docs/reference/exit-codes.md.
enum class ErrorCode {
  internal,       ///< a fault of medvlm itself
  usage,          ///< the command line is wrong
  config,         ///< a study or manifest in TOML is wrong
  plugin,         ///< a plugin does not fit, is missing, or misbehaved
  data,           ///< a dataset file is missing or damaged
  checkpoint,     ///< a model file is missing or damaged
  io,             ///< the operating system refused a read or write
  conflict,       ///< the run folder belongs to another study or is in use
  out_of_memory,  ///< host or device memory is exhausted
  device,         ///< the requested device or dtype is not available
  interrupted,    ///< the user asked to stop
  network,        ///< an endpoint cannot be reached, or refuses
};

/// The stable lower-case name of a code, as written to journals and JSON.
MEDVLM_API std::string_view error_code_name(ErrorCode code);

/// The inverse of error_code_name(); an unknown name gives ErrorCode::internal.
MEDVLM_API ErrorCode error_code_from_name(std::string_view name);

/// The process exit status for a code (1 to 12; never 0).
MEDVLM_API int exit_status(ErrorCode code);

/// Exit status of a run that ended, but in which more samples failed than `max_errors` allows.
inline constexpr int kExitSamplesFailed = 20;

/// An error with a code, a message that names file, place and cure, and a chain of contexts (outermost last).
class MEDVLM_API Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message);
  ~Error() override;

  ErrorCode code() const noexcept { return code_; }
  /// The message alone, without contexts.
  const std::string& message() const noexcept { return message_; }
  const std::vector<std::string>& contexts() const noexcept { return contexts_; }
  /// "context: context: message", outermost context first.
  const char* what() const noexcept override { return text_.c_str(); }

  /// Adds what was being done, e.g. "model 'clip'". Returns itself, so that `throw error.add_context(...)` reads well.
  Error& add_context(std::string context);

 private:
  ErrorCode code_;
  std::string message_;
  std::vector<std::string> contexts_;
  std::string text_;
};

}  // namespace medvlm
