// A walk over JSON text, for lists of which a tree would be too slow.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace medvlm::sdk {

/// Every step says whether the text went on as asked for; after a false the walk is over, and why is for a real parser
/// to say. The text must be valid UTF-8.
class JsonCursor {
 public:
  /// `unescaped` keeps the strings that are written with escapes.
  JsonCursor(std::string_view text, std::deque<std::string>& unescaped) : text_(text), unescaped_(unescaped) {}

  /// White space, then this sign.
  bool sign(char wanted);
  /// Whether this sign comes next, after white space; it is not taken.
  bool is_next(char wanted);
  /// Whether the text is over, but for white space.
  bool at_end();
  /// The view is into the text or into `unescaped`.
  bool string(std::string_view& content);
  /// A whole number from 0 without sign, fraction or exponent.
  bool number(std::int64_t& value);
  /// Any value, with what is between its brackets unchecked.
  bool value(std::string_view& span);

 private:
  void skip_space();
  bool skip_string();

  std::string_view text_;
  std::deque<std::string>& unescaped_;
  std::size_t at_ = 0;
};

}  // namespace medvlm::sdk
