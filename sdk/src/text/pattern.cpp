// The pattern of a Replace or Split step.
#include "pattern.hpp"

#include "json_part.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::sdk {

Regex make_pattern(const nlohmann::json& pattern, const std::string& place) {
  check_keys(pattern, place + ": pattern", {"Regex", "String"});
  if (pattern.size() != 1) fail_part(place, "pattern: expected either Regex or String");
  try {
    if (pattern.contains("Regex")) return Regex(text_at(pattern, "Regex", place));
    return Regex::literal(text_at(pattern, "String", place));
  } catch (Error& error) {
    throw Error(error.code(), error.message().starts_with(place) ? error.message() : place + ": " + error.message());
  }
}

}  // namespace medvlm::sdk
