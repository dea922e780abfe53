// Text for the terminal.
#pragma once

#include <string>

namespace medvlm::launcher {

/// The text with every line indented by four spaces, and a line end.
inline std::string indented(std::string text) {
  const std::string indent = "\n    ";
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += indent.size()) {
    text.replace(at, 1, indent);
  }
  return "    " + text + "\n";
}

}  // namespace medvlm::launcher
