// The golden folders of the open_clip family.
#pragma once

#include "contrastive_goldens.hpp"
#include "open_clip_model.hpp"

namespace medvlm::test {

inline std::vector<fs::path> open_clip_goldens() {
  return contrastive_goldens([](const fs::path& folder) { return fs::exists(folder / "open_clip_config.json"); });
}

inline open_clip::OpenClipModel open_clip_model(const fs::path& folder) {
  return open_clip::OpenClipModel(Options(
      Value::Table{{"checkpoint", Value(folder.string())}, {"resizing", Value(golden_resizing(folder))}}));
}

}  // namespace medvlm::test
