// The two conversations that VILA's code knows for Llama 3, and what the user makes of them.
#pragma once

#include "medvlm/base/options.hpp"
#include "medvlm/sdk/language/prompt.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"
#include "vila_config.hpp"

namespace medvlm::vila {

/// From the options `conversation`, `template` and `system`. Without a `template` the prompt is Llama 3's, with a
/// system turn if there is a system text: Error(checkpoint) if the checkpoint's own template or tokenizer is another.
/// Throws Error(config) for a template without its places, and for a system text that has none.
sdk::language::PromptTemplate vila_template(const Options& options, const VilaConfig& config,
                                            const sdk::Tokenizer& tokenizer);

}  // namespace medvlm::vila
