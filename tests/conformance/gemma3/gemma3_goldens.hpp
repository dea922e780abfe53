// The golden folders of Gemma 3, and models of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gemma3_model.hpp"
#include "generative_goldens.hpp"
#include "temporary_folder.hpp"

namespace medvlm::test {

inline std::vector<fs::path> gemma3_goldens() {
  return generative_goldens([](const fs::path& folder) { return has_generative_type(folder, {"gemma3"}); });
}

/// The options of plugin.toml with their defaults, and `changes`.
inline std::unique_ptr<gemma3::Gemma3Model> gemma3_model(const fs::path& checkpoint, const Value::Table& changes = {}) {
  Value::Table options{{"checkpoint", Value(checkpoint.string())},
                       {"template", Value("")},
                       {"system", Value("")},
                       {"too_long", Value("truncate")},
                       {"pan_and_scan", Value("checkpoint")},
                       {"resizing", Value("pillow_13")}};
  for (const auto& [name, value] : changes) options.insert_or_assign(name, value);
  return std::make_unique<gemma3::Gemma3Model>(Options(options));
}

/// A copy of the golden checkpoint whose json file has been changed by `change`.
template <typename Change>
std::unique_ptr<TemporaryFolder> changed_checkpoint(const fs::path& checkpoint, const char* file, Change change) {
  auto copy = std::make_unique<TemporaryFolder>();
  fs::copy(checkpoint, copy->path(), fs::copy_options::recursive);
  nlohmann::json json = read_golden_json(copy->path() / file);
  change(json);
  std::ofstream(copy->path() / file) << json.dump();
  return copy;
}

}  // namespace medvlm::test
