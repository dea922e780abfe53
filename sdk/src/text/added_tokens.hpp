// Finding added tokens in a text.
#pragma once

#include <cstddef>
#include <map>
#include <string_view>
#include <vector>

#include "medvlm/sdk/text/tokenizer.hpp"

namespace medvlm::sdk {

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
