// A walk over JSON text.
#include "json_cursor.hpp"

#include <nlohmann/json.hpp>

namespace medvlm::sdk {

void JsonCursor::skip_space() {
  const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  while (at_ < text_.size() && is_space(text_[at_])) ++at_;
}

bool JsonCursor::is_next(char wanted) {
  skip_space();
  return at_ < text_.size() && text_[at_] == wanted;
}

bool JsonCursor::sign(char wanted) {
  if (!is_next(wanted)) return false;
  ++at_;
  return true;
}

bool JsonCursor::at_end() {
  skip_space();
  return at_ == text_.size();
}

/// To behind the closing quote of a string whose opening quote is at `at_`.
bool JsonCursor::skip_string() {
  for (++at_; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '"') {
      ++at_;
      return true;
    }
    if (c == '\\') ++at_;
    if (static_cast<unsigned char>(c) < 0x20) return false;
  }
  return false;
}

bool JsonCursor::string(std::string_view& content) {
  if (!is_next('"')) return false;
  const std::size_t begin = at_;
  if (!skip_string()) return false;
  const std::string_view quoted = text_.substr(begin, at_ - begin);
  content = quoted.substr(1, quoted.size() - 2);
  if (content.find('\\') == content.npos) return true;
  const auto parsed = nlohmann::json::parse(quoted, nullptr, false);
  if (!parsed.is_string()) return false;
  content = unescaped_.emplace_back(parsed.get<std::string>());
  return true;
}

bool JsonCursor::number(std::int64_t& value) {
  skip_space();
  const std::size_t begin = at_;
  value = 0;
  for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) value = value * 10 + (text_[at_] - '0');
  constexpr std::size_t kMostDigits = 10;
  const std::size_t digits = at_ - begin;
  if (digits == 0 || digits > kMostDigits || (digits > 1 && text_[begin] == '0')) return false;
  return at_ < text_.size() && std::string_view(".eE").find(text_[at_]) == std::string_view::npos;
}

bool JsonCursor::value(std::string_view& span) {
  skip_space();
  const std::size_t begin = at_;
  for (int depth = 0; at_ < text_.size();) {
    const char c = text_[at_];
    if (c == '"') {
      if (!skip_string()) return false;
    } else {
      if (depth == 0 && (c == ',' || c == '}' || c == ']')) break;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
    }
  }
  span = text_.substr(begin, at_ - begin);
  return true;
}

}  // namespace medvlm::sdk
