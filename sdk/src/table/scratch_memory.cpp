#include "scratch_memory.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "medvlm/base/error.hpp"

namespace medvlm::sdk {
namespace {

/// A file without a name, as long as `size` and with its blocks reserved: writing to a mapping of a full disk would end
/// the process.
class NamelessFile {
 public:
  NamelessFile(std::uint64_t size, const std::string& label) {
    std::string name;
    try {
      name = (std::filesystem::temp_directory_path() / "medvlm-unpacked-XXXXXX").string();
    } catch (const std::filesystem::filesystem_error& error) {
      throw Error(ErrorCode::io, label + ": there is no temporary folder to unpack to (" + error.code().message() +
                                     "); set TMPDIR to one");
    }
    descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor_ < 0) fail(errno, size, name, label);
    ::unlink(name.c_str());
    if (const int error = ::posix_fallocate(descriptor_, 0, static_cast<off_t>(size))) {
      ::close(descriptor_);
      fail(error, size, name, label);
    }
  }
  ~NamelessFile() { ::close(descriptor_); }
  NamelessFile(const NamelessFile&) = delete;
  NamelessFile& operator=(const NamelessFile&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  [[noreturn]] static void fail(int error, std::uint64_t size, const std::string& name, const std::string& label) {
    throw Error(ErrorCode::io, label + ": cannot unpack " + std::to_string(size) + " bytes to " +
                                   std::filesystem::path(name).parent_path().string() + ": " + std::strerror(error) +
                                   "; set TMPDIR to a folder with enough space");
  }

  int descriptor_ = -1;
};

void* map(std::uint64_t size, int flags, int descriptor, const std::string& label) {
  void* address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, descriptor, 0);
  if (address != MAP_FAILED) return address;
  throw Error(ErrorCode::out_of_memory, label + ": cannot take " + std::to_string(size) + " bytes to unpack it: " +
                                            std::strerror(errno));
}

}  // namespace

ScratchMemory::ScratchMemory(std::uint64_t size, std::uint64_t in_memory, const std::string& label) : size_(size) {
  if (size == 0) return;
  if (size <= in_memory) {
    data_ = static_cast<char*>(map(size, MAP_PRIVATE | MAP_ANONYMOUS, -1, label));
  } else {
    const NamelessFile file(size, label);  // the mapping keeps it
    data_ = static_cast<char*>(map(size, MAP_SHARED, file.descriptor(), label));
  }
}

ScratchMemory::~ScratchMemory() {
  if (data_) ::munmap(data_, size_);
}

}  // namespace medvlm::sdk
