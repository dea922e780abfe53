// Texts in the encodings that the chat APIs use.
#pragma once

#include <string>
#include <string_view>

namespace medvlm::sdk::chat {

/// Base64 with padding (RFC 4648, section 4).
std::string to_base64(std::string_view bytes);

/// Without white space at both ends.
std::string trim(std::string_view text);

/// One line of at most `most` bytes, cut between characters, for messages.
std::string shortened(std::string_view text, std::size_t most);

}  // namespace medvlm::sdk::chat
