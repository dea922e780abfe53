// Replacing parts of texts by what functions make of them.
#pragma once

#include <string>
#include <string_view>

#include "medvlm/sdk/text/regex.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::sdk {

/// Every match replaced by `make(match)`.
template <class Make>
std::string rewrite_matches(std::string_view text, const Regex& regex, const Make& make) {
  std::string result;
  std::size_t at = 0;
  for (const Regex::Match& match : regex.matches(text)) {
    result += text.substr(at, match.begin - at);
    result += make(text.substr(match.begin, match.end - match.begin));
    at = match.end;
  }
  result += text.substr(at);
  return result;
}

/// Every code point handed to `append(result, code_point)`.
template <class Append>
std::string rewrite_code_points(std::string_view text, const Append& append) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    append(result, point.value);
    at += point.length;
  }
  return result;
}

}  // namespace medvlm::sdk
