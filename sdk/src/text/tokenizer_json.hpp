// tokenizer.json, whose vocabulary and merges are too long for a tree of JSON values.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "medvlm/sdk/text/bpe.hpp"
#include "medvlm/sdk/text/vocabulary.hpp"

namespace medvlm::sdk {

/// The two long lists of "model".
struct LongLists {
  std::optional<Vocabulary::Entries> vocabulary;
  std::optional<Bpe::MergeViews> merges;  ///< views into the file's text or into `unescaped`
  std::deque<std::string> unescaped;      ///< tokens that are written with escapes
};

/// The file's JSON, strictly read. "model" lacks "vocab" and "merges" where `lists` has them; both may also be of a
/// form that only the tree can hold. `text` must outlive `lists`. Throws Error(checkpoint), beginning with `label`.
nlohmann::json parse_tokenizer_json(std::string_view text, const std::string& label, LongLists& lists);

/// A vocab.json: tokens with their ids. Throws Error(checkpoint), beginning with `label`.
Vocabulary::Entries parse_vocabulary_json(std::string_view text, const std::string& label);

}  // namespace medvlm::sdk
