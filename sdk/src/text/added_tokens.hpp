// Tokens outside the model's vocabulary (or special in it) that are cut out of a text before anything else.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace medvlm::sdk {

struct AddedToken {
  std::string content;
  std::int64_t id = 0;
  bool single_word = false;  ///< not next to a word character
  bool strip_left = false;   ///< takes the white space before it along
  bool strip_right = false;
  bool normalized = false;  ///< searched for in the normalised text
  bool special = false;
};

/// Finds the longest of a set of texts at the leftmost place.
class TokenFinder {
 public:
  struct Piece {
    const AddedToken* token = nullptr;  ///< null: text between tokens
    std::string_view text;
  };

  TokenFinder();
  /// The first of two equal texts stays; an empty one is never found. `token` must outlive the finder.
  void add(std::string_view text, const AddedToken& token);
  /// Covers the whole text, in order; the views are into it.
  std::vector<Piece> split(std::string_view text) const;

 private:
  struct TrieNode {
    std::map<unsigned char, std::size_t> next;
    const AddedToken* token = nullptr;
  };
  struct Found {
    const AddedToken* token = nullptr;
    std::size_t end = 0;
  };
  Found longest_at(std::string_view text, std::size_t at) const;

  std::vector<TrieNode> nodes_;
};

}  // namespace medvlm::sdk
