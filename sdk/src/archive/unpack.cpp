// The bytes of a zip archive's entry.
#include <zlib.h>

#include <algorithm>
#include <limits>

#include "zip.hpp"

namespace medvlm::sdk {
namespace {

std::uint32_t crc_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<z_size_t>(bytes.size())));
}

/// Takes deflated bytes and gives the original ones.
class Inflater {
 public:
  Inflater(std::string_view packed, const std::string& label, ErrorCode code)
      : packed_(packed), label_(label), code_(code) {
    // Negative: a raw stream, as zip has it, without zlib's own header.
    if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) throw Error(ErrorCode::out_of_memory, label + ": cannot unpack");
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Fills `target`; if it is the `whole` entry, the stream must end with it.
  void fill(std::span<char> target, bool whole) {
    int status = Z_OK;
    std::uint64_t filled = 0;
    while (filled < target.size() && status != Z_STREAM_END) {
      give_input();
      const auto piece = std::min<std::uint64_t>(target.size() - filled, std::numeric_limits<uInt>::max());
      stream_.next_out = reinterpret_cast<Bytef*>(target.data() + filled);
      stream_.avail_out = static_cast<uInt>(piece);
      status = step();
      filled += piece - stream_.avail_out;
    }
    if (filled < target.size()) fail("ends after " + std::to_string(filled) + " bytes");
    if (whole && status != Z_STREAM_END) check_end();
  }

 private:
  [[noreturn]] void fail(const std::string& complaint) const {
    throw Error(code_, label_ + ": " + complaint + "; the file is damaged, download it again");
  }

  void give_input() {
    if (stream_.avail_in > 0) return;
    const auto piece = std::min<std::size_t>(packed_.size(), std::numeric_limits<uInt>::max());
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed_.data()));
    stream_.avail_in = static_cast<uInt>(piece);
    packed_.remove_prefix(piece);
  }

  int step() {
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_OK || status == Z_STREAM_END) return status;
    if (status == Z_MEM_ERROR) throw Error(ErrorCode::out_of_memory, label_ + ": no memory to unpack it");
    if (status == Z_BUF_ERROR) fail("is cut short");
    fail("its compressed bytes are damaged");
  }

  void check_end() {
    Bytef more = 0;
    stream_.next_out = &more;
    stream_.avail_out = 1;
    while (true) {
      give_input();
      const int status = step();
      if (stream_.avail_out == 0) fail("unpacks to more bytes than the directory says");
      if (status == Z_STREAM_END) return;
    }
  }

  std::string_view packed_;
  const std::string& label_;
  ErrorCode code_;
  z_stream stream_{};
};

void check_crc(std::string_view bytes, const ZipEntry& entry, const std::string& label, ErrorCode code) {
  if (crc_of(bytes) == entry.crc) return;
  throw Error(code, label + ": its checksum is wrong; the file is damaged, download it again");
}

}  // namespace

void unpack_zip_entry(std::string_view archive, const ZipEntry& entry, std::span<char> target,
                      const std::string& label, ErrorCode code) {
  if (target.size() > entry.size) throw Error(ErrorCode::internal, label + ": more bytes wanted than there are");
  const std::string_view packed = archive.substr(entry.begin, entry.packed);
  const bool whole = target.size() == entry.size;
  if (entry.stored) {
    std::copy_n(packed.data(), target.size(), target.data());
  } else {
    Inflater(packed, label, code).fill(target, whole);
  }
  if (whole) check_crc({target.data(), target.size()}, entry, label, code);
}

void check_stored_entry(std::string_view archive, const ZipEntry& entry, const std::string& label, ErrorCode code) {
  check_crc(archive.substr(entry.begin, entry.packed), entry, label, code);
}

}  // namespace medvlm::sdk
