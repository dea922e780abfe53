// From prompts to answers: batches by length, prefixes that prompts share are read once, tokens chosen one by one.
#pragma once

#include <span>

#include "medvlm/sdk/language/decoder.hpp"
#include "medvlm/sdk/language/generation_settings.hpp"
#include "medvlm/sdk/language/prompt.hpp"

namespace medvlm::sdk::language {

struct Generated {
  std::vector<std::int64_t> ids;  ///< without the stop token
  double seconds = 0;             ///< this answer's share of its batch
};

/// Borrows the decoder. One thread at a time.
class MEDVLM_API Generator {
 public:
  struct Sharing {
    bool prefixes = true;  ///< prompts on one image are read once as far as they agree
  };

  Generator(const Decoder& decoder, c10::Device device, c10::ScalarType dtype);
  Generator(const Decoder& decoder, c10::Device device, c10::ScalarType dtype, Sharing sharing);

  /// One answer per prompt, in order. seeds[i] determines the draws of prompt i (only if settings.sample).
  /// Throws Error(out_of_memory), Error(internal) for an empty prompt.
  std::vector<Generated> generate(std::span<const Prompt> prompts, const GenerationSettings& settings,
                                  std::span<const std::uint64_t> seeds) const;

  /// Logits after every token of one prompt, [tokens, vocabulary] float32.
  at::Tensor logits(const Prompt& prompt) const;

 private:
  const Decoder& decoder_;
  c10::Device device_;
  c10::ScalarType dtype_;
  Sharing sharing_;
};

}  // namespace medvlm::sdk::language
