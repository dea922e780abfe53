// A folder for one test, and the message of what a call throws.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"

namespace medvlm::test {

/// Created empty, removed with everything in it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "medvlm-test-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw Error(ErrorCode::io, "cannot make " + name);
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Writes a file below the folder, with its folders, and returns its path.
  std::filesystem::path write(const std::string& name, std::string_view content) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    write_file_atomically(file, content);
    return file;
  }

 private:
  std::filesystem::path path_;
};

/// "code: text" of the Error that the call throws, or "" if it throws none.
template <typename Call>
std::string error_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return std::string(error_code_name(error.code())) + ": " + error.what();
  }
  return "";
}

inline bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace medvlm::test
