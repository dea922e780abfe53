// Makes the files that the checkpoint tests read: safetensors, zip archives, pickles; sound and damaged.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "medvlm/base/error.hpp"

namespace medvlm::test {

/// A folder that is removed with its content.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "medvlm-checkpoint-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::filesystem::path write(const std::string& name, const std::string& content) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string little_endian(std::uint64_t value, unsigned width) {
  std::string bytes;
  for (unsigned i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

template <class T>
std::string values_bytes(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

inline const std::string kSix = values_bytes<float>({0, 1, 2, 3, 4, 5});

inline std::string safetensors_bytes(const std::string& header, const std::string& data) {
  return little_endian(header.size(), 8) + header + data;
}

struct ZipForm {
  unsigned method = 0;  ///< other than 0 only claims compression
  bool zip64 = false;   ///< sizes and places in the 64-bit records, as in archives over 4 GiB
};

/// A zip archive with entries stored as they are.
inline std::string zip_bytes(const std::vector<std::pair<std::string, std::string>>& entries, ZipForm form = {}) {
  constexpr std::uint64_t kSee64 = 0xffffffff;
  std::string archive;
  std::string directory;
  for (const auto& [name, content] : entries) {
    const auto sizes = little_endian(form.zip64 ? kSee64 : content.size(), 4);
    const std::string common = little_endian(0, 2) + little_endian(form.method, 2) + little_endian(0, 8) + sizes +
                               sizes + little_endian(name.size(), 2);
    const auto extra = little_endian(1, 2) + little_endian(24, 2) + little_endian(content.size(), 8) +
                       little_endian(content.size(), 8) + little_endian(archive.size(), 8);
    directory += "PK\x01\x02" + little_endian(45, 2) + little_endian(45, 2) + common +
                 little_endian(form.zip64 ? extra.size() : 0, 2) + std::string(10, '\0') +
                 little_endian(form.zip64 ? kSee64 : archive.size(), 4) + name + (form.zip64 ? extra : "");
    archive += "PK\x03\x04" + little_endian(45, 2) + common + little_endian(0, 2) + name + content;
  }
  const auto begin = archive.size();
  archive += directory;
  const auto end = archive.size();
  const auto count = entries.size();
  if (form.zip64) {
    archive += "PK\x06\x06" + little_endian(44, 8) + little_endian(45, 2) + little_endian(45, 2) +
               little_endian(0, 8) + little_endian(count, 8) + little_endian(count, 8) +
               little_endian(directory.size(), 8) + little_endian(begin, 8) + "PK\x06\x07" +
               little_endian(0, 4) + little_endian(end, 8) + little_endian(1, 4);
  }
  return archive + "PK\x05\x06" + little_endian(0, 4) + little_endian(form.zip64 ? 0xffff : count, 2) +
         little_endian(form.zip64 ? 0xffff : count, 2) + little_endian(form.zip64 ? kSee64 : directory.size(), 4) +
         little_endian(form.zip64 ? kSee64 : begin, 4) + little_endian(0, 2);
}

// Pickle opcodes of protocol 2, as far as the tests write them.
inline std::string pickle_text(const std::string& text) {
  return std::string(1, 'X') + little_endian(text.size(), 4) + text;
}
inline std::string pickle_integer(std::int32_t value) {
  return std::string(1, 'J') + little_endian(static_cast<std::uint32_t>(value), 4);
}
inline std::string pickle_integers(const std::vector<std::int32_t>& values) {
  std::string code = "(";
  for (const auto value : values) code += pickle_integer(value);
  return code + "t";
}
inline std::string pickle_storage(const std::string& type, const std::string& key, std::int32_t numel) {
  return std::string(1, '(') + pickle_text("storage") + "ctorch\n" + type + "\n" + pickle_text(key) +
         pickle_text("cpu") + pickle_integer(numel) + "tQ";
}
/// A call of _rebuild_tensor_v2 with a storage pickled before.
inline std::string pickle_tensor(const std::string& storage, std::int32_t offset,
                                 const std::vector<std::int32_t>& shape, const std::vector<std::int32_t>& strides) {
  return "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + pickle_integer(offset) + pickle_integers(shape) +
         pickle_integers(strides) + "\x89" + "ccollections\nOrderedDict\n)RtR";
}
/// {name: value}
inline std::string pickle_dict(const std::string& name, const std::string& value) {
  return "\x80\x02}" + pickle_text(name) + value + "s.";
}

inline std::string torch_file(const std::string& pickle, const std::string& storage,
                              const std::string& byte_order = "little") {
  return zip_bytes({{"archive/data.pkl", pickle}, {"archive/byteorder", byte_order}, {"archive/data/0", storage}});
}

/// The message of the Error that `action` throws; the code must be `checkpoint`.
template <class Action>
std::string checkpoint_error(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::checkpoint);
    return error.message();
  }
  return "(no error)";
}

inline std::filesystem::path goldens() {
  const char* folder = std::getenv("MEDVLM_GOLDENS");
  return folder ? folder : MEDVLM_GOLDENS_DEFAULT;
}

}  // namespace medvlm::test
