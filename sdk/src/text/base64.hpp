// Base64 (RFC 4648, section 4).
#pragma once

#include <string>
#include <string_view>

namespace medvlm::sdk {

/// Throws Error(checkpoint), beginning with `place`, for other characters and a wrong length.
std::string from_base64(std::string_view text, const std::string& place);

}  // namespace medvlm::sdk
