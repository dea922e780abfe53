// The golden folders of InternVL3, models of them, and changed copies.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <memory>

#include "generative_goldens.hpp"
#include "internvl_model.hpp"
#include "medvlm/base/files.hpp"
#include "temporary_folder.hpp"

namespace medvlm::test {

inline std::vector<fs::path> internvl_goldens() {
  return generative_goldens(
      [](const fs::path& folder) { return has_generative_type(folder, {"internvl", "internvl_chat"}); });
}

/// The golden folder in the source tree, whatever other goldens are run.
inline fs::path own_internvl_golden(bool original) {
  return fs::path(MEDVLM_GOLDENS_DEFAULT) / "generative" / (original ? "internvl3" : "internvl3-hf");
}

/// The options of plugin.toml with their defaults, and `changes`.
inline std::unique_ptr<internvl::InternVlModel> internvl_model(const fs::path& checkpoint,
                                                               const Value::Table& changes = {}) {
  Value::Table options{{"checkpoint", Value(checkpoint.string())},
                       {"template", Value("")},
                       {"system", Value("family")},
                       {"too_long", Value("truncate")},
                       {"resizing", Value("pillow_13")}};
  for (const auto& [name, value] : changes) options.insert_or_assign(name, value);
  return std::make_unique<internvl::InternVlModel>(Options(options));
}

/// Of a golden folder, loaded in float32.
inline std::unique_ptr<internvl::InternVlModel> loaded_internvl(const fs::path& folder, Value::Table changes = {}) {
  changes.insert_or_assign("resizing", Value(generative_resizing(folder)));
  auto model = internvl_model(folder / "checkpoint", changes);
  model->load(at::kCPU, at::kFloat);
  return model;
}

inline void change_json(const fs::path& file, const std::function<void(nlohmann::json&)>& change) {
  nlohmann::json json = read_golden_json(file);
  change(json);
  write_file_atomically(file, json.dump());
}

/// A copy of a checkpoint with one of its json files changed.
inline std::unique_ptr<TemporaryFolder> changed_internvl(const fs::path& checkpoint, const char* file,
                                                         const std::function<void(nlohmann::json&)>& change) {
  auto copy = std::make_unique<TemporaryFolder>();
  fs::copy(checkpoint, copy->path(), fs::copy_options::recursive);
  change_json(copy->path() / file, change);
  return copy;
}

}  // namespace medvlm::test
