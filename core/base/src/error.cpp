#include "medvlm/base/error.hpp"

#include <array>

namespace medvlm {
namespace {

struct CodeRow {
  ErrorCode code;
  std::string_view name;
  int exit_status;
};

constexpr std::array kCodes = {
    CodeRow{ErrorCode::internal, "internal", 1},          CodeRow{ErrorCode::usage, "usage", 2},
    CodeRow{ErrorCode::config, "config", 3},              CodeRow{ErrorCode::plugin, "plugin", 4},
    CodeRow{ErrorCode::data, "data", 5},                  CodeRow{ErrorCode::checkpoint, "checkpoint", 6},
    CodeRow{ErrorCode::io, "io", 7},                      CodeRow{ErrorCode::conflict, "conflict", 8},
    CodeRow{ErrorCode::out_of_memory, "out_of_memory", 9}, CodeRow{ErrorCode::device, "device", 10},
    CodeRow{ErrorCode::interrupted, "interrupted", 11},    CodeRow{ErrorCode::network, "network", 12},
};

}  // namespace

std::string_view error_code_name(ErrorCode code) {
  for (const auto& row : kCodes) {
    if (row.code == code) return row.name;
  }
  return "internal";
}

ErrorCode error_code_from_name(std::string_view name) {
  for (const auto& row : kCodes) {
    if (row.name == name) return row.code;
  }
  return ErrorCode::internal;
}

int exit_status(ErrorCode code) {
  for (const auto& row : kCodes) {
    if (row.code == code) return row.exit_status;
  }
  return 1;
}

Error::Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)), text_(message_) {}

// Out of line, so that the type information of Error lives in this library alone.
Error::~Error() = default;

Error& Error::add_context(std::string context) {
  text_ = context + ": " + text_;
  contexts_.push_back(std::move(context));
  return *this;
}

}  // namespace medvlm
