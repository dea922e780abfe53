// The golden folders of BLIP-2, and a model of each.
#pragma once

#include "blip2_model.hpp"
#include "contrastive_goldens.hpp"

namespace medvlm::test {

inline std::vector<fs::path> blip2_goldens() {
  return contrastive_goldens([](const fs::path& folder) { return has_model_type(folder, "blip-2"); });
}

inline blip2::Blip2Model blip2_model(const fs::path& folder, const std::string& score = "itc") {
  return blip2::Blip2Model(Options(Value::Table{{"checkpoint", Value(folder.string())},
                                                {"score", Value(score)},
                                                {"resizing", Value(golden_resizing(folder))}}));
}

}  // namespace medvlm::test
