#include "medvlm/base/files.hpp"

#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "checks.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/hash.hpp"
#include "temporary_folder.hpp"

using namespace medvlm;

namespace {

template <typename Action>
std::string failure(Action action, ErrorCode code) {
  try {
    action();
  } catch (const Error& error) {
    CHECK(error.code() == code);
    return error.what();
  }
  return "no error";
}

/// While it lives, no file of this process may grow beyond `bytes`: what a full disk looks like.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SmallDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("a file is replaced whole or not at all") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "x.json";
  write_file_atomically(file, "old");
  {
    const SmallDisk disk(100);
    CHECK(failure([&] { write_file_atomically(file, std::string(1000, 'n')); }, ErrorCode::io).find("x.json") != std::string::npos);
  }
  CHECK(read_file(file) == "old");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
  write_file_atomically(file, "new");
  CHECK(read_file(file) == "new");
}

TEST_CASE("a full disk is an error with the cure") {
  const std::string text = failure([] { AppendFile("/dev/full").append("x"); }, ErrorCode::io);
  CHECK(text.find("/dev/full") != std::string::npos);
  CHECK(text.find("free some space") != std::string::npos);
}

TEST_CASE("a folder has one owner at a time") {
  const test::TemporaryFolder folder;
  {
    const FolderLock lock(folder.path());
    const std::string text = failure([&] { FolderLock second(folder.path()); }, ErrorCode::conflict);
    CHECK(text.find("process " + std::to_string(::getpid())) != std::string::npos);
  }
  const FolderLock again(folder.path());
}

TEST_CASE("missing files and folders in the way are named") {
  const test::TemporaryFolder folder;
  CHECK(failure([&] { read_file(folder.path() / "none"); }, ErrorCode::io).find("none") != std::string::npos);
  CHECK(failure([&] { MappedFile mapped(folder.path()); }, ErrorCode::io).find("directory") != std::string::npos);
  write_file_atomically(folder.path() / "file", "");
  CHECK(failure([&] { make_folder(folder.path() / "file" / "sub"); }, ErrorCode::io).find("file/sub") != std::string::npos);
  CHECK(MappedFile(folder.path() / "file").size() == 0);
}

TEST_CASE("dropped pages of a mapping leave the memory and come back as they were") {
  const auto resident_bytes = [] {
    long long pages = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident;
    return resident * ::sysconf(_SC_PAGESIZE);
  };
  const test::TemporaryFolder folder;
  std::string content(std::size_t{32} << 20, 'x');
  for (std::size_t i = 0; i < content.size(); i += 1000) content[i] = static_cast<char>('a' + i % 26);
  write_file_atomically(folder.path() / "large", content);
  const MappedFile mapped(folder.path() / "large");
  CHECK(mapped.bytes() == content);
  const auto before = resident_bytes();
  MappedFile::drop_pages(mapped.data() + 100, mapped.size() - 100);
  CHECK(before - resident_bytes() > 30LL << 20);
  CHECK(mapped.bytes() == content);
  MappedFile::drop_pages(content.data(), content.size());  // not a mapping
  CHECK(mapped.bytes() == content);
}

TEST_CASE("hashes are the published ones") {
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(crc32("123456789") == 0xcbf43926);
  const test::TemporaryFolder folder;
  write_file_atomically(folder.path() / "abc", "abc");
  CHECK(sha256_file(folder.path() / "abc") == sha256_hex("abc"));
  CHECK(Sha256().add_field("ab").add_field("c").hex() != Sha256().add_field("a").add_field("bc").hex());
}
