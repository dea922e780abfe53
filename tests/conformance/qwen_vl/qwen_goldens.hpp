// The golden folders of Qwen2-VL and Qwen2.5-VL, and models of them.
#pragma once

#include <memory>
#include <string>

#include "generative_goldens.hpp"
#include "qwen_vl_model.hpp"

namespace medvlm::test {

inline std::vector<fs::path> qwen_goldens() {
  return generative_goldens(
      [](const fs::path& folder) { return has_generative_type(folder, {"qwen2_vl", "qwen2_5_vl"}); });
}

/// The options of plugin.toml with their defaults, and `changes`. Not loaded.
inline std::unique_ptr<qwen_vl::QwenVlModel> qwen_model(const fs::path& checkpoint, const Value::Table& changes = {}) {
  Value::Table options{{"checkpoint", Value(checkpoint.string())},
                       {"template", Value("")},
                       {"system", Value("You are a helpful assistant.")},
                       {"too_long", Value("truncate")},
                       {"min_pixels", Value(std::int64_t{0})},
                       {"max_pixels", Value(std::int64_t{0})},
                       {"fixed_size", Value(std::int64_t{0})},
                       {"resizing", Value("pillow_13")}};
  for (const auto& [name, value] : changes) options.insert_or_assign(name, value);
  return std::make_unique<qwen_vl::QwenVlModel>(Options(options));
}

/// The model of a golden folder with the resizing of its Pillow, loaded in float32 unless said otherwise.
inline std::unique_ptr<qwen_vl::QwenVlModel> golden_qwen(const fs::path& folder, Value::Table changes = {},
                                                         c10::ScalarType dtype = c10::kFloat) {
  changes.insert_or_assign("resizing", Value(generative_resizing(folder)));
  auto model = qwen_model(folder / "checkpoint", changes);
  model->load(c10::kCPU, dtype);
  return model;
}

}  // namespace medvlm::test
