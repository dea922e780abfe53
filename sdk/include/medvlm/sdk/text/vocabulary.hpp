// Tokens and their ids, both ways.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// Immutable; may be used from several threads; cheap to copy.
class MEDVLM_API Vocabulary {
 public:
  using Ids = std::unordered_map<std::string, std::int64_t>;
  using Entries = std::vector<std::pair<std::string, std::int64_t>>;

  /// Throws Error(checkpoint), beginning with `label`, for an id outside [0, 2^31), for two tokens of one id and for a
  /// token that is there twice.
  Vocabulary(Entries entries, const std::string& label);
  Vocabulary(const Ids& ids, const std::string& label);

  std::optional<std::int64_t> id(std::string_view token) const;
  /// Of many tokens at once, a multiple faster in a large vocabulary; -1 for one that is not there.
  void find_ids(std::span<const std::string_view> tokens, std::span<std::int64_t> ids) const;
  /// Null for an unknown id.
  const std::string* token(std::int64_t id) const;
  std::size_t size() const;
  /// Bytes of the longest token.
  std::size_t longest_token() const;

 private:
  struct Tables;
  static std::shared_ptr<const Tables> make_tables(Entries entries, const std::string& label);
  std::shared_ptr<const Tables> tables_;
};

}  // namespace medvlm::sdk
