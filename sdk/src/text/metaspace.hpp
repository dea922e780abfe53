// The Metaspace steps of tokenizer.json: spaces as a visible letter, U+2581.
#pragma once

#include "pipeline.hpp"

namespace medvlm::sdk {

// Each throws Error(checkpoint), beginning with `place`, for what is not known here.
PreTokenizer make_metaspace_splitter(const nlohmann::json& part, const std::string& place);
Decoder make_metaspace_decoder(const nlohmann::json& part, const std::string& place);

}  // namespace medvlm::sdk
