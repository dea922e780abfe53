// A set of texts in which all prefixes of another text are found in one pass.
#include "prefix_index.hpp"

#include <algorithm>

namespace medvlm::sdk {

PrefixIndex::PrefixIndex(std::vector<Entry> entries) : entries_(std::move(entries)) {
  std::sort(entries_.begin(), entries_.end());
}

void PrefixIndex::narrow(char byte, std::size_t depth, std::size_t& begin, std::size_t& end) const {
  const auto value_at = [depth](const Entry& entry) {
    return entry.first.size() > depth ? static_cast<int>(static_cast<unsigned char>(entry.first[depth])) : -1;
  };
  const int wanted = static_cast<unsigned char>(byte);
  const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto last = entries_.begin() + static_cast<std::ptrdiff_t>(end);
  const auto low = std::partition_point(first, last, [&](const Entry& entry) { return value_at(entry) < wanted; });
  const auto high = std::partition_point(low, last, [&](const Entry& entry) { return value_at(entry) == wanted; });
  begin = static_cast<std::size_t>(low - entries_.begin());
  end = static_cast<std::size_t>(high - entries_.begin());
}

}  // namespace medvlm::sdk
