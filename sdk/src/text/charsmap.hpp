// SentencePiece's precompiled character map: texts and what they are replaced with, in a double-array trie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medvlm::sdk {

class CharsMap {
 public:
  struct Rule {
    std::size_t length = 0;  ///< bytes of the text that it covers
    std::string_view replacement;
  };

  /// No rules.
  CharsMap() = default;
  /// `blob`: the trie's size in bytes (32 bits, little-endian), the trie, the replacements, each ended by a zero byte.
  /// Throws Error(checkpoint), beginning with `place`, if it is damaged.
  CharsMap(std::string_view blob, const std::string& place);

  /// The rule for the longest or the shortest beginning of `text` that has one.
  std::optional<Rule> longest(std::string_view text) const;
  std::optional<Rule> shortest(std::string_view text) const;

 private:
  std::optional<Rule> find(std::string_view text, bool stop_at_first) const;
  std::optional<Rule> rule(std::size_t length, std::uint32_t unit) const;

  std::vector<std::uint32_t> units_;  ///< of the Darts-clone double array
  std::string replacements_;
};

/// The Precompiled step of tokenizer.json: a grapheme of fewer than 6 bytes takes the rule of its shortest beginning as a
/// whole, others go code point by code point. It differs from SentencePiece where a grapheme has several code points.
std::string apply_by_grapheme(const CharsMap& map, const std::string& text);

}  // namespace medvlm::sdk
