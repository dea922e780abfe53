// Attention of new tokens over a cache: which keys they see, and the mixture of the values.
#pragma once

#include "medvlm/sdk/language/decoder.hpp"

namespace medvlm::sdk::language {

/// Which keys each new token sees: [n, 1, t, keys] of bool, the prefix's keys first. Undefined: what `causal` says.
struct Visibility {
  at::Tensor allowed;
  bool causal = false;  ///< without `allowed`: the tokens before it and itself, else all
};

/// For the block that follows what the cache holds. `window` 0: no limit. `block.images` lets the tokens of one image see
/// each other.
Visibility visible_keys(const TokenBlock& block, const KeyValueCache& cache, std::int64_t window);

/// queries [n, heads, t, head_width] over the keys and values of a layer, the block's own included -> the same shape.
/// A shared prefix is multiplied once for all rows.
at::Tensor attend(const at::Tensor& queries, const KeyValueCache& cache, std::int64_t layer, const Visibility& visibility,
                  double scale);

}  // namespace medvlm::sdk::language
