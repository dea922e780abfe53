// The golden folders of MedCLIP, and models made from them.
#pragma once

#include "contrastive_goldens.hpp"
#include "medclip_model.hpp"

namespace medvlm::test {

inline std::vector<fs::path> medclip_goldens() {
  return contrastive_goldens([](const fs::path& folder) {
    return fs::exists(folder / medclip::kVisionFolder) && fs::exists(folder / medclip::kTextFolder);
  });
}

/// `extra`: options besides the folder.
inline medclip::MedclipModel make_medclip(const fs::path& folder, Value::Table extra = {}) {
  extra["checkpoint"] = Value(folder.string());
  return medclip::MedclipModel(Options(std::move(extra)));
}

}  // namespace medvlm::test
