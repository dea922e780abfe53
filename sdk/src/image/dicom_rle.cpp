// DICOM's run-length compression (PS3.5, Annex G). DCMTK's decoder reads beyond damaged segments.
#include <bit>

#include "dicom_file.hpp"

namespace medvlm::sdk::decoders::dicom {
namespace {

constexpr std::size_t kHeaderBytes = 64;
constexpr std::size_t kMaxSegments = 15;

/// Unpacks one segment to every `step`-th byte; false if it ends before `count` bytes were made.
bool unpack(std::string_view segment, std::uint8_t* to, std::size_t count, std::size_t step) {
  std::size_t at = 0, made = 0;
  while (made < count && at < segment.size()) {
    const auto control = static_cast<std::uint8_t>(segment[at++]);
    if (control == 128) continue;
    const bool literal = control < 128;
    const std::size_t length = literal ? control + std::size_t{1} : 257 - std::size_t{control};
    if (segment.size() - at < (literal ? length : 1)) return false;
    for (std::size_t i = 0; i < length && made < count; ++i, ++made) {
      to[made * step] = static_cast<std::uint8_t>(segment[literal ? at + i : at]);
    }
    at += literal ? length : 1;
  }
  return made == count;
}

}  // namespace

void decode_rle_frame(const File& file, std::string_view bytes, Frame& frame) {
  static_assert(std::endian::native == std::endian::little);
  Header& header = frame.header;
  const std::size_t depth = header.bytes_per_sample();
  const std::size_t segments = header.samples * depth;
  if (bytes.size() < kHeaderBytes) file.fail("the run-length data are truncated");
  const auto field = [&](std::size_t i) {
    return std::size_t{read_u32(reinterpret_cast<const std::uint8_t*>(bytes.data()) + 4 * i)};
  };
  if (header.bits_allocated == 1 || field(0) != segments || segments > kMaxSegments) {
    file.fail("the run-length data have " + std::to_string(field(0)) + " segments instead of " + std::to_string(segments));
  }
  frame.bytes.resize(header.frame_bytes());
  for (std::size_t i = 0; i < segments; ++i) {
    const std::size_t begin = field(1 + i), end = i + 1 < segments ? field(2 + i) : bytes.size();
    if (begin < kHeaderBytes || begin > end || end > bytes.size()) file.fail("the run-length segments are damaged");
    // The high byte of a sample comes first; samples are put side by side.
    const std::size_t offset = i / depth * depth + (depth - 1 - i % depth);
    if (!unpack(bytes.substr(begin, end - begin), frame.bytes.data() + offset, header.pixels(), segments)) {
      file.fail("run-length segment " + std::to_string(i + 1) + " is truncated or damaged");
    }
  }
  header.planar = false;
}

}  // namespace medvlm::sdk::decoders::dicom
