// Which token comes next.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include <ATen/core/Tensor.h>

#include "medvlm/sdk/language/generation_settings.hpp"

namespace medvlm::sdk::language {

/// What determines the next token of one answer besides its logits.
struct TokenChoice {
  std::set<std::int64_t> seen;  ///< ids of prompt and answer; filled only where there is a repetition penalty
  std::uint64_t seed = 0;
  std::int64_t step = 0;        ///< number of tokens chosen before
};

/// One id per row of logits [n, vocabulary]. In the reference's order: repetition penalty (Keskar et al. 2019,
/// arXiv:1909.05858), temperature, top-k, top-p (Holtzman et al. 2020, arXiv:1904.09751). A draw depends on seed and step
/// alone, so an answer does not depend on its batch.
std::vector<std::int64_t> choose_tokens(const at::Tensor& logits, const GenerationSettings& settings,
                                        const std::vector<const TokenChoice*>& choices);

}  // namespace medvlm::sdk::language
