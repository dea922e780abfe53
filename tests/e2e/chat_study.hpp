// A key that must appear nowhere, for end-to-end tests with the stub server.
#pragma once

#include <string>

#include "key_forms.hpp"
#include "program.hpp"
#include "stub_chat_server.hpp"

namespace medvlm::e2e {

inline std::string sentinel_key() { return "sk-sentinel/5eCr3t+\"q\\z=0123456789"; }

/// The key in every form, one after the other.
inline std::string leaks(const std::string& key) {
  std::string text = "your key";
  for (const auto& [name, form] : test::key_forms(key)) text += " " + form;
  return text;
}

/// No file below the folder holds the key in any form, nor does what the program said.
inline void check_no_key(const std::string& key, const fs::path& folder, const std::string& said) {
  std::size_t files = 0;
  for (const auto& [name, form] : test::key_forms(key)) {
    CHECK_MESSAGE(!contains(said, form), name);
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      ++files;
      CHECK_MESSAGE(!contains(read(entry.path()), form), (name + " in " + entry.path().string()));
    }
  }
  CHECK(files > 0);
}

}  // namespace medvlm::e2e
