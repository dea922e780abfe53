// What a tokenizer's model does: one word in, its token ids out.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/sdk/text/vocabulary.hpp"

namespace medvlm::sdk {

/// Base of the models (byte pairs, unigram, word pieces). Immutable; may be used from several threads.
class MEDVLM_API TokenModel {
 public:
  explicit TokenModel(Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)) {}
  virtual ~TokenModel();
  TokenModel(const TokenModel&) = delete;
  TokenModel& operator=(const TokenModel&) = delete;

  /// Appends the ids of one piece of text as the splitter left it (well-formed UTF-8).
  virtual void encode(std::string_view word, std::vector<std::int64_t>& ids) const = 0;

  const Vocabulary& vocabulary() const { return vocabulary_; }
  std::optional<std::int64_t> id(std::string_view token) const { return vocabulary_.id(token); }
  /// Null for an unknown id.
  const std::string* token(std::int64_t id) const { return vocabulary_.token(id); }

 private:
  Vocabulary vocabulary_;
};

}  // namespace medvlm::sdk
