#include "utf8.hpp"

#include <algorithm>
#include <filesystem>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"

namespace medvlm::sdk {
namespace {

/// The length of the well-formed sequence at the beginning of `text`, or 0.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  // The second byte's range shuts out overlong forms, surrogates and what lies beyond U+10FFFF.
  const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  return length;
}

std::string at_line(const std::string& origin, std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto count = [&](char c) { return std::count(before.begin(), before.end(), c); };
  const auto lines = count('\n') > 0 ? count('\n') : count('\r');
  return origin + ":" + std::to_string(lines + 1) + ": ";
}

}  // namespace

std::optional<std::size_t> find_bad_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_length(text.substr(i));
    if (length == 0) return i;
    i += length;
  }
  return std::nullopt;
}

void check_text(std::string_view text, const std::string& origin) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    throw Error(ErrorCode::data, origin + ":1: the file is UTF-16; save it as UTF-8");
  }
  if (const auto bad = find_bad_utf8(text)) {
    throw Error(ErrorCode::data, at_line(origin, text, *bad) + "the text is not UTF-8; save the file as UTF-8");
  }
  if (const auto zero = text.find('\0'); zero != std::string_view::npos) {
    throw Error(ErrorCode::data, at_line(origin, text, zero) + "there is a zero byte; this is no text file in UTF-8");
  }
}

std::string_view without_mark(std::string_view text) {
  return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

std::string read_table_text(const std::string& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    throw Error(ErrorCode::data, file + ": the file does not exist; check the dataset's folder and the path given");
  }
  return read_file(file);
}

}  // namespace medvlm::sdk
