// The model plugin that loads a golden checkpoint, whichever it is.
#pragma once

#include <cstdio>
#include <filesystem>

#include "built_plugins.hpp"
#include "medvlm/core/model.hpp"

namespace medvlm::test {

/// A loaded model on the CPU in float32, or null, with a visible note, if no plugin that was built takes the checkpoint.
inline registry::Handle<Model> load_golden_model(const std::filesystem::path& checkpoint) {
  std::string refusals;
  for (const registry::Manifest& manifest : built_plugins().plugins()) {
    if (manifest.kind != "model") continue;
    try {
      auto model = make_plugin<Model>("model", manifest.id, {{"checkpoint", checkpoint.string()}});
      model->load(c10::kCPU, c10::kFloat);
      if (model->adaptable()) return model;
    } catch (const Error& error) {
      refusals += "\n  " + manifest.id + ": " + error.what();
    }
  }
  std::fprintf(stderr, "LEFT OUT: no model plugin takes %s:%s\n", checkpoint.c_str(), refusals.c_str());
  return registry::Handle<Model>(nullptr, registry::Destroy{});
}

/// The rows of [n, ...] as preprocessed images.
inline std::vector<ProcessedImage> as_images(const at::Tensor& pixels) {
  std::vector<ProcessedImage> images;
  for (std::int64_t i = 0; i < pixels.size(0); ++i) images.push_back({pixels[i], {}});
  return images;
}

}  // namespace medvlm::test
