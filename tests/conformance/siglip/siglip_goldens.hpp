// The golden folders of SigLIP, and a model of each.
#pragma once

#include "contrastive_goldens.hpp"
#include "siglip_model.hpp"

namespace medvlm::test {

inline std::vector<fs::path> siglip_goldens() {
  return contrastive_goldens([](const fs::path& folder) { return has_model_type(folder, "siglip"); });
}

inline siglip::SiglipModel siglip_model(const fs::path& folder, const std::string& padding = "max_length") {
  return siglip::SiglipModel(Options(Value::Table{{"checkpoint", Value(folder.string())},
                                                  {"text_padding", Value(padding)},
                                                  {"resizing", Value(golden_resizing(folder))}}));
}

}  // namespace medvlm::test
