// The directory of a zip archive.
#include "zip.hpp"

#include <algorithm>

#include "../checkpoint/json_text.hpp"

namespace medvlm::sdk {
namespace {

constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kEnd64Signature = 0x06064b50;
constexpr std::uint32_t kEnd64LocatorSignature = 0x07064b50;
constexpr std::uint32_t kCentralSignature = 0x02014b50;
constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint64_t kEndBytes = 22;
constexpr std::uint64_t kCentralBytes = 46;
constexpr std::uint64_t kLocalBytes = 30;
constexpr std::uint32_t kSee64 = 0xffffffff;  // "the real value is in the zip64 record"
constexpr std::uint64_t kStored = 0;
constexpr std::uint64_t kDeflated = 8;
constexpr std::uint64_t kHighestRatio = 1032;  // of deflate

/// Little-endian fields with bounds.
class Fields {
 public:
  Fields(std::string_view bytes, const std::string& label, ErrorCode code)
      : bytes_(bytes), label_(label), code_(code) {}

  std::uint64_t get(std::uint64_t at, unsigned width) const {
    const std::string_view field = cut(at, width);
    std::uint64_t value = 0;
    for (unsigned i = 0; i < width; ++i) value |= std::uint64_t{static_cast<unsigned char>(field[i])} << (8 * i);
    return value;
  }
  std::string_view cut(std::uint64_t at, std::uint64_t length) const {
    if (at > bytes_.size() || length > bytes_.size() - at) fail("the archive's directory points outside the file");
    return bytes_.substr(at, length);
  }
  [[noreturn]] void fail(const std::string& complaint) const {
    throw Error(code_, label_ + ": " + complaint + "; the file is damaged, download it again");
  }
  [[noreturn]] void refuse(const std::string& complaint) const { throw Error(code_, label_ + ": " + complaint); }

 private:
  std::string_view bytes_;
  const std::string& label_;
  ErrorCode code_;
};

struct Directory {
  std::uint64_t begin = 0;
  std::uint64_t entries = 0;
};

Directory find_directory(const Fields& fields, std::string_view archive) {
  if (archive.size() < kEndBytes) fields.fail("is too short for a zip archive");
  const std::uint64_t earliest = archive.size() - std::min<std::uint64_t>(archive.size(), kEndBytes + 0xffff);
  std::uint64_t end = archive.size() - kEndBytes;
  while (fields.get(end, 4) != kEndSignature) {
    if (end == earliest) fields.fail("the end of the zip archive is missing");
    --end;
  }
  Directory directory{fields.get(end + 16, 4), fields.get(end + 10, 2)};
  const bool has64 = end >= 20 && fields.get(end - 20, 4) == kEnd64LocatorSignature;
  if (has64) {
    const std::uint64_t end64 = fields.get(end - 20 + 8, 8);
    if (fields.get(end64, 4) != kEnd64Signature) fields.fail("the zip64 record is missing");
    directory = {fields.get(end64 + 48, 8), fields.get(end64 + 32, 8)};
  }
  return directory;
}

/// Replaces values that did not fit into 32 bits by those of the zip64 extra field, which holds only these, in order.
void apply_zip64(const Fields& fields, std::uint64_t extra, std::uint64_t extra_size, std::uint64_t* values[3]) {
  for (std::uint64_t at = 0; at + 4 <= extra_size;) {
    const std::uint64_t id = fields.get(extra + at, 2);
    const std::uint64_t size = fields.get(extra + at + 2, 2);
    if (at + 4 + size > extra_size) fields.fail("an extra field of the zip directory is cut short");
    if (id == 1) {
      std::uint64_t used = 0;
      for (int i = 0; i < 3; ++i) {
        if (*values[i] != kSee64) continue;
        if (used + 8 > size) fields.fail("a zip64 field of the zip directory is cut short");
        *values[i] = fields.get(extra + at + 4 + used, 8);
        used += 8;
      }
      return;
    }
    at += 4 + size;
  }
}

/// How an entry is packed, and that its sizes can be true.
void check_packing(const Fields& fields, const ZipEntry& entry, std::uint64_t method, const std::string& name) {
  if (method != kStored && method != kDeflated) {
    fields.refuse("the entry " + name + " is compressed by method " + std::to_string(method) +
                  ", which is not read; unpack the archive and pack it again with deflate");
  }
  if (entry.stored && entry.packed != entry.size) fields.fail("the entry " + name + " has two sizes");
  if (!entry.stored && entry.size / kHighestRatio > entry.packed) {
    fields.fail("the entry " + name + " claims " + std::to_string(entry.size) + " bytes, more than its " +
                std::to_string(entry.packed) + " packed bytes can give");
  }
}

/// Where the bytes of the entry begin whose local header is at `local`.
std::uint64_t find_bytes(const Fields& fields, std::uint64_t local, std::uint64_t packed, const std::string& name) {
  if (fields.get(local, 4) != kLocalSignature) fields.fail("the entry " + name + " is not where it should be");
  const std::uint64_t begin = local + kLocalBytes + fields.get(local + 26, 2) + fields.get(local + 28, 2);
  fields.cut(begin, packed);
  return begin;
}

}  // namespace

ZipDirectory read_zip_directory(std::string_view archive, const std::string& label, ErrorCode code) {
  const Fields fields(archive, label, code);
  const Directory directory = find_directory(fields, archive);
  ZipDirectory entries;
  std::uint64_t at = directory.begin;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    if (fields.get(at, 4) != kCentralSignature) fields.fail("an entry of the zip directory is damaged");
    const std::uint64_t flags = fields.get(at + 8, 2);
    const std::uint64_t method = fields.get(at + 10, 2);
    ZipEntry entry;
    entry.stored = method == kStored;
    entry.crc = static_cast<std::uint32_t>(fields.get(at + 16, 4));
    entry.packed = fields.get(at + 20, 4);
    entry.size = fields.get(at + 24, 4);
    const std::uint64_t name_size = fields.get(at + 28, 2);
    const std::uint64_t extra_size = fields.get(at + 30, 2);
    std::uint64_t local = fields.get(at + 42, 4);
    const std::string name(fields.cut(at + kCentralBytes, name_size));
    std::uint64_t* values[3] = {&entry.size, &entry.packed, &local};
    apply_zip64(fields, at + kCentralBytes + name_size, extra_size, values);
    if (flags & 1) fields.refuse("the entry " + in_quotes(name) + " is encrypted; unpack it with its password first");
    check_packing(fields, entry, method, in_quotes(name));
    entry.begin = find_bytes(fields, local, entry.packed, in_quotes(name));
    if (!entries.emplace(name, entry).second) fields.fail("has the entry " + in_quotes(name) + " twice");
    at += kCentralBytes + name_size + extra_size + fields.get(at + 32, 2);
  }
  return entries;
}

}  // namespace medvlm::sdk
