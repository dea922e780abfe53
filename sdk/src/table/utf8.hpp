// Finds text that is not UTF-8.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace medvlm::sdk {

/// The offset of the first byte that is not part of well-formed UTF-8 (no overlong forms, no surrogates), or nothing.
std::optional<std::size_t> find_bad_utf8(std::string_view text);

/// Throws Error(data) "origin:line: ..." if the text is not UTF-8 or holds a zero byte.
void check_text(std::string_view text, const std::string& origin);

/// The text without a byte order mark at its beginning.
std::string_view without_mark(std::string_view text);

/// The content of a table file. A file that does not exist is Error(data) with the file's name.
std::string read_table_text(const std::string& file);

}  // namespace medvlm::sdk
