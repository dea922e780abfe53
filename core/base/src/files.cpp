#include "medvlm/base/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>

#include "medvlm/base/error.hpp"

namespace medvlm {
namespace {

[[noreturn]] void fail(const std::string& action, const std::filesystem::path& file, int error) {
  std::string cure;
  if (error == ENOSPC || error == EDQUOT) cure = "; free some space, then run again: the run continues where it stopped";
  if (error == EFBIG) cure = "; raise the limit on file sizes (ulimit -f), then run again: the run continues";
  if (error == ENOTDIR) cure = "; a part of this path is a file: choose another folder";
  if (error == EACCES || error == EROFS || error == EPERM) cure = "; choose another folder or change its permissions";
  throw Error(ErrorCode::io, "cannot " + action + " '" + file.string() + "': " + std::strerror(error) + cure);
}

/// The mappings that exist now.
struct LiveMappings {
  std::mutex mutex;
  std::map<const char*, std::uint64_t> size_at;
};

LiveMappings& live_mappings() {
  static LiveMappings mappings;
  return mappings;
}

/// A descriptor that closes itself.
struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

void write_all(int fd, std::string_view bytes, const std::filesystem::path& file) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      fail("write", file, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

std::string read_file(const std::filesystem::path& file) {
  Descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (in.fd < 0) fail("open", file, errno);
  struct stat status {};
  if (::fstat(in.fd, &status) != 0) fail("read", file, errno);
  if (S_ISDIR(status.st_mode)) fail("read", file, EISDIR);
  std::string content;
  content.resize(static_cast<std::size_t>(status.st_size));
  std::size_t filled = 0;
  for (;;) {
    if (filled == content.size()) content.resize(content.size() + 4096);
    const ssize_t got = ::read(in.fd, content.data() + filled, content.size() - filled);
    if (got < 0) {
      if (errno == EINTR) continue;
      fail("read", file, errno);
    }
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  content.resize(filled);
  return content;
}

void write_file_atomically(const std::filesystem::path& file, std::string_view content) {
  std::string temporary = file.string() + ".tmp-XXXXXX";
  Descriptor out{::mkstemp(temporary.data())};
  if (out.fd < 0) fail("write", file, errno);
  ::fchmod(out.fd, 0644);
  try {
    write_all(out.fd, content, file);
    if (::fsync(out.fd) != 0) fail("flush", file, errno);
    if (::rename(temporary.c_str(), file.c_str()) != 0) fail("replace", file, errno);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  // The rename itself must survive a power cut too.
  Descriptor folder{::open(file.has_parent_path() ? file.parent_path().c_str() : ".", O_RDONLY | O_DIRECTORY)};
  if (folder.fd >= 0) ::fsync(folder.fd);
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail("create the folder", folder, error.value());
  if (!std::filesystem::is_directory(folder)) fail("create the folder", folder, ENOTDIR);
}

FolderLock::FolderLock(const std::filesystem::path& folder) {
  const auto file = folder / ".lock";
  descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail("lock", file, errno);
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    char owner[64] = {};
    const ssize_t got = ::pread(descriptor_, owner, sizeof owner - 1, 0);
    ::close(descriptor_);
    if (error != EWOULDBLOCK) fail("lock", file, error);
    std::string who = got > 0 ? std::string(owner, static_cast<std::size_t>(got)) : "another process";
    throw Error(ErrorCode::conflict, "the run folder '" + folder.string() + "' is in use by " + who +
                                         "; wait for it to end, or choose another output folder");
  }
  const std::string owner = "process " + std::to_string(::getpid());
  if (::ftruncate(descriptor_, 0) != 0 || ::pwrite(descriptor_, owner.data(), owner.size(), 0) < 0) {
    // The lock holds all the same; only the name of its owner is missing.
  }
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

AppendFile::AppendFile(std::filesystem::path file, std::optional<std::uint64_t> length) : file_(std::move(file)) {
  descriptor_ = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail("open", file_, errno);
  if (length && ::ftruncate(descriptor_, static_cast<off_t>(*length)) != 0) fail("repair", file_, errno);
}

AppendFile::~AppendFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void AppendFile::append(std::string_view bytes) { write_all(descriptor_, bytes, file_); }

void AppendFile::sync() {
  if (::fsync(descriptor_) != 0) fail("flush", file_, errno);
}

MappedFile::MappedFile(const std::filesystem::path& file) {
  Descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (in.fd < 0) fail("open", file, errno);
  struct stat status {};
  if (::fstat(in.fd, &status) != 0) fail("read", file, errno);
  if (!S_ISREG(status.st_mode)) fail("map", file, S_ISDIR(status.st_mode) ? EISDIR : EINVAL);
  size_ = static_cast<std::uint64_t>(status.st_size);
  if (size_ == 0) return;
  void* address = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, in.fd, 0);
  if (address == MAP_FAILED) fail("map", file, errno);
  data_ = static_cast<char*>(address);
  const std::lock_guard lock(live_mappings().mutex);
  live_mappings().size_at[data_] = size_;
}

MappedFile::~MappedFile() {
  if (!data_) return;
  const std::lock_guard lock(live_mappings().mutex);
  live_mappings().size_at.erase(data_);
  ::munmap(data_, size_);
}

void MappedFile::drop_pages(const void* begin, std::uint64_t bytes) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto* const place = static_cast<const char*>(begin);
  const std::lock_guard lock(live_mappings().mutex);
  auto found = live_mappings().size_at.upper_bound(place);
  if (found == live_mappings().size_at.begin()) return;
  --found;
  if (place + bytes > found->first + found->second) return;
  // Whole pages only; those at the ends belong to neighbours, too.
  const auto first = (reinterpret_cast<std::uintptr_t>(place) + page - 1) / page * page;
  const auto last = (reinterpret_cast<std::uintptr_t>(place) + bytes) / page * page;
  if (first < last) ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

}  // namespace medvlm
