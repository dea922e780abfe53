// Makes .npy files and .npz archives for tests, sound ones and such that lie.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace medvlm::test {

/// The bytes of numbers as they lie in memory.
template <typename T>
std::string raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

inline std::string little_bytes(std::uint64_t value, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

/// A .npy file of version 1 with this header text.
inline std::string npy_with_header(const std::string& header, std::string_view data) {
  return "\x93NUMPY\x01" + std::string(1, '\0') + little_bytes(header.size(), 2) + header + std::string(data);
}

/// A .npy file: type such as "|u1", shape, elements.
inline std::string npy(const std::string& type, const std::vector<std::int64_t>& shape, std::string_view data) {
  std::string sizes;
  for (const std::int64_t size : shape) sizes += std::to_string(size) + ", ";
  return npy_with_header("{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + sizes + "), }\n", data);
}

/// Deflated as in a zip archive, without a header of its own.
inline std::string deflated(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, bytes.size()) + 16, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// What an archive says of an entry; by default the truth.
struct ZipLies {
  int method = -1;
  std::int64_t size = -1;
  bool wrong_crc = false;
};

/// A zip archive; names get ".npy" as numpy.savez gives them.
inline std::string npz(const std::vector<std::pair<std::string, std::string>>& arrays, bool deflate = true,
                       const ZipLies& lies = {}) {
  std::string archive, directory;
  for (const auto& [stem, content] : arrays) {
    const std::string name = stem + ".npy", packed = deflate ? deflated(content) : content;
    const std::uint64_t crc = crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size());
    const std::string common =
        little_bytes(0, 2) + little_bytes(lies.method >= 0 ? lies.method : deflate ? 8 : 0, 2) + little_bytes(0, 4) +
        little_bytes(lies.wrong_crc ? crc ^ 1 : crc, 4) + little_bytes(packed.size(), 4) +
        little_bytes(lies.size >= 0 ? static_cast<std::uint64_t>(lies.size) : content.size(), 4) +
        little_bytes(name.size(), 2) + little_bytes(0, 2);
    directory += "PK\x01\x02" + little_bytes(20, 2) + little_bytes(20, 2) + common + std::string(10, '\0') +
                 little_bytes(archive.size(), 4) + name;
    archive += "PK\x03\x04" + little_bytes(20, 2) + common + name + packed;
  }
  const std::size_t begin = archive.size();
  return archive + directory + "PK\x05\x06" + little_bytes(0, 4) + little_bytes(arrays.size(), 2) +
         little_bytes(arrays.size(), 2) + little_bytes(directory.size(), 4) + little_bytes(begin, 4) +
         little_bytes(0, 2);
}

}  // namespace medvlm::test
