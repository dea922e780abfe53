// Tokens and their ids, both ways.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// Immutable; may be used from several threads; cheap to copy.
class MEDVLM_API Vocabulary {
 public:
  using Ids = std::unordered_map<std::string, std::int64_t>;

  /// Throws Error(checkpoint), beginning with `label`, for an id outside [0, 2^31) and for two tokens of one id.
  Vocabulary(Ids ids, const std::string& label);

  std::optional<std::int64_t> id(std::string_view token) const;
  /// Null for an unknown id.
  const std::string* token(std::int64_t id) const;
  std::size_t size() const;
  /// Bytes of the longest token.
  std::size_t longest_token() const;

 private:
  struct Tables;
  std::shared_ptr<const Tables> tables_;
};

}  // namespace medvlm::sdk
