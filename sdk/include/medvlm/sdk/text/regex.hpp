// Regular expressions with Unicode classes, as tokenizer files use them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// A compiled pattern (PCRE2 syntax), in which `\s` and `\S` mean exactly the property White_Space.
/// Constructs that mean something else to the library which tokenizer files are written for are refused.
/// Immutable; may be used from several threads.
class MEDVLM_API Regex {
 public:
  struct Match {
    std::size_t begin = 0;  ///< bytes
    std::size_t end = 0;
  };

  /// Throws Error(checkpoint) for a pattern that is damaged or not supported.
  explicit Regex(std::string_view pattern);
  /// A pattern that matches the text itself.
  static Regex literal(std::string_view text);

  /// All matches from left to right that are not empty and do not overlap. Throws Error(data) for ill-formed UTF-8.
  std::vector<Match> matches(std::string_view text) const;
  std::string replace_all(std::string_view text, std::string_view replacement) const;

 private:
  struct Code;
  std::shared_ptr<const Code> code_;
};

}  // namespace medvlm::sdk
