// File operations that name the file in every error and never leave half a file behind.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "medvlm/base/api.hpp"

namespace medvlm {

/// The whole file. Throws Error(io).
MEDVLM_API std::string read_file(const std::filesystem::path& file);

/// Writes to a temporary sibling, flushes it to the disk, renames it over `file`. Throws Error(io); the old file stays.
MEDVLM_API void write_file_atomically(const std::filesystem::path& file, std::string_view content);

/// Creates the folder and its parents. Throws Error(io) with the cure.
MEDVLM_API void make_folder(const std::filesystem::path& folder);

/// An exclusive lock on a folder (file `.lock`), released on destruction or when the process ends.
class MEDVLM_API FolderLock {
 public:
  /// Throws Error(conflict), naming the other process, if the folder is locked.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_ = -1;
};

/// A file that only grows. Every append is complete or throws Error(io).
class MEDVLM_API AppendFile {
 public:
  /// Opens or creates; cuts the file to `length` bytes first if given.
  explicit AppendFile(std::filesystem::path file, std::optional<std::uint64_t> length = std::nullopt);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  void append(std::string_view bytes);
  /// Forces what was appended to the disk.
  void sync();

 private:
  std::filesystem::path file_;
  int descriptor_ = -1;
};

/// A memory mapping of a whole file. It can only be read: writing into it ends the program.
class MEDVLM_API MappedFile {
 public:
  /// Throws Error(io).
  explicit MappedFile(const std::filesystem::path& file);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const char* data() const { return data_; }
  std::uint64_t size() const { return size_; }
  std::string_view bytes() const { return {data_, static_cast<std::size_t>(size_)}; }

  /// Gives the memory of a piece of a mapping back to the system; it is read from the file again when it is touched.
  /// What lies in no mapping is left alone. Thread safe.
  static void drop_pages(const void* begin, std::uint64_t bytes);

 private:
  char* data_ = nullptr;
  std::uint64_t size_ = 0;
};

}  // namespace medvlm
