// The golden folders of VILA, models of them, and damaged copies.
#pragma once

#include <cstdio>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "generative_goldens.hpp"
#include "medvlm/base/files.hpp"
#include "temporary_folder.hpp"
#include "vila_model.hpp"

namespace medvlm::test {

/// Every golden folder of the family, by name. Its model type is LLaVA's too; the folder `llm` tells them apart.
inline std::vector<fs::path> vila_goldens() {
  return generative_goldens([](const fs::path& folder) {
    return has_generative_type(folder, {"llava_llama"}) && fs::is_directory(folder / "checkpoint" / "llm");
  });
}

/// False, and said, where MEDVLM_GOLDENS has goldens of other families only.
inline bool vila_goldens_present() {
  if (!goldens_present("generative")) return false;
  if (!vila_goldens().empty()) return true;
  std::fprintf(stderr, "SKIPPED: no VILA goldens in %s\n", goldens_folder().c_str());
  return false;
}

/// The model of a checkpoint, with the defaults of plugin.toml and `changes`.
inline std::unique_ptr<vila::VilaModel> vila_model(const fs::path& checkpoint, const Value::Table& changes = {}) {
  Value::Table options{{"checkpoint", Value(checkpoint.string())},
                       {"conversation", Value("chat_template")},
                       {"template", Value("")},
                       {"system", Value("family")},
                       {"too_long", Value("truncate")},
                       {"block_order", Value("rows")},
                       {"resizing", Value("pillow_13")}};
  for (const auto& [name, value] : changes) options.insert_or_assign(name, value);
  return std::make_unique<vila::VilaModel>(Options(options));
}

/// The action throws an error of this code that names every part.
inline void check_refused(const std::function<void()>& action, ErrorCode code,
                          std::initializer_list<const char*> parts) {
  try {
    action();
    FAIL("it was accepted");
  } catch (const Error& error) {
    CHECK(error.code() == code);
    const std::string text = error.what();
    for (const char* part : parts) CHECK_MESSAGE(text.find(part) != std::string::npos, text);
  }
}

/// A copy of a golden checkpoint.
class VilaCopy {
 public:
  explicit VilaCopy(const fs::path& golden) {
    fs::copy(golden / "checkpoint", path(), fs::copy_options::recursive);
    for (const auto& entry : fs::recursive_directory_iterator(path())) {
      fs::permissions(entry.path(), fs::perms::owner_all, fs::perm_options::add);
    }
  }
  const fs::path& path() const { return folder_.path(); }

  void change(const char* file, const std::function<void(nlohmann::json&)>& edit) const {
    nlohmann::json content = read_golden_json(path() / file);
    edit(content);
    write_file_atomically(path() / file, content.dump());
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace medvlm::test
