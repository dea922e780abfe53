// A set of texts in which all prefixes of another text are found in one pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace medvlm::sdk {

/// Sorted texts with an id each; a search narrows the range of those that still fit, byte by byte.
class PrefixIndex {
 public:
  using Entry = std::pair<std::string, std::int64_t>;
  explicit PrefixIndex(std::vector<Entry> entries);

  /// Calls found(length, id) for every entry that `text` begins with, shortest first.
  template <typename Found>
  void search(std::string_view text, Found&& found) const {
    std::size_t begin = 0;
    std::size_t end = entries_.size();
    for (std::size_t depth = 0; depth < text.size() && begin < end; ++depth) {
      narrow(text[depth], depth, begin, end);
      if (begin < end && entries_[begin].first.size() == depth + 1) found(depth + 1, entries_[begin].second);
    }
  }

 private:
  /// Leaves the entries with `byte` at `depth`, out of entries that share what is before it.
  void narrow(char byte, std::size_t depth, std::size_t& begin, std::size_t& end) const;

  std::vector<Entry> entries_;
};

}  // namespace medvlm::sdk
