// Token ids of several texts as one rectangular batch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "medvlm/base/api.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"

namespace medvlm::sdk {

struct TokenBatch {
  at::Tensor input_ids;       ///< [n, length], int64
  at::Tensor attention_mask;  ///< [n, length], int64: 1 for a token, 0 for padding
};

enum class PadTo {
  longest,     ///< the longest text, after truncation
  max_length,  ///< always `max_length`
};

/// Cuts each text to `max_length` ids and fills up with `pad_id` on the right. A text that is cut keeps its last id
/// (the end token) in the last place if `keep_last`. `max_length` is at least 1. Throws Error(internal) if it is not.
MEDVLM_API TokenBatch pad_and_truncate(const std::vector<std::vector<std::int64_t>>& texts, std::int64_t max_length,
                                       std::int64_t pad_id, bool keep_last = true, PadTo pad_to = PadTo::longest);

/// The id of the padding token as tokenizer_config.json or special_tokens_map.json in `folder` name it, or of `fallback`.
/// Throws Error(checkpoint) if the tokenizer has no such token.
MEDVLM_API std::int64_t pad_token_id(const std::filesystem::path& folder, const Tokenizer& tokenizer,
                                     std::string_view fallback);

}  // namespace medvlm::sdk
