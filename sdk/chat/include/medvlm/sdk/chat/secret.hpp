// The key of an endpoint: named, never written; and blotted out of every text that might hold it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk::chat {

/// A key from an environment variable. Reading is safe from several threads.
class MEDVLM_API Secret {
 public:
  /// No key.
  Secret() = default;
  /// The value of the variable. An empty name gives no key. Throws Error(config), which shows neither value nor name
  /// unless the name looks like one, if the variable is not set or holds what no header can (line ends, say).
  static Secret from_environment(const std::string& name);
  explicit Secret(std::string value);

  bool empty() const { return value_.empty(); }
  const std::string& value() const { return value_; }
  const std::string& variable() const { return variable_; }

  /// The text with every occurrence of the key replaced by "[key]": as it is, percent-encoded, in base64 at any offset
  /// and in both alphabets, in hexadecimal, as escaped in JSON, and any piece that begins as it does. A short key
  /// (below 8 characters, a word below 16) is none and stays.
  std::string redact(std::string text) const;

 private:
  std::string value_;
  std::string variable_;
  std::vector<std::string> forms_;  ///< in base64 and hexadecimal; empty for what is no secret
};

/// True for names as environment variables have by convention: upper-case letters, digits, underscores. Anything else
/// might be a key that was written in the name's place, and must not be shown.
MEDVLM_API bool is_variable_name(std::string_view name);

}  // namespace medvlm::sdk::chat
