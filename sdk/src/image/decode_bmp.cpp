// BMP: the variants that Pillow reads, with its results.
#include <algorithm>
#include <array>
#include <cstring>

#include "decoders.hpp"

namespace medvlm::sdk::decoders {
namespace {

constexpr std::string_view kName = "BMP";
constexpr std::size_t kFileHeader = 14;

enum Compression : std::uint32_t { kRaw = 0, kRle8 = 1, kRle4 = 2, kBitfields = 3 };

using Colour = std::array<std::uint8_t, 3>;

struct Header {
  std::size_t pixels = 0;  ///< offset of the pixel data
  std::uint64_t width = 0;
  std::uint64_t height = 0;
  bool top_down = false;
  std::uint32_t bits = 0;
  std::uint32_t compression = kRaw;
  std::array<std::uint32_t, 4> masks{};  ///< red, green, blue, alpha
  std::array<Colour, 256> palette{};
};

/// The bytes at an offset, or a complaint that the file is too short.
const std::uint8_t* at(const Input& input, std::size_t offset, std::size_t count) {
  if (offset > input.size() || count > input.size() - offset) fail(input, kName, "the file is truncated");
  return input.data() + offset;
}

void read_sizes(const Input& input, std::uint32_t header_size, Header& header) {
  const std::uint8_t* p = at(input, kFileHeader, header_size);
  if (header_size == 12) {
    header.width = read_u16(p + 4);
    header.height = read_u16(p + 6);
    header.bits = read_u16(p + 10);
    return;
  }
  header.width = read_u32(p + 4);
  header.height = read_u32(p + 8);
  header.top_down = p[11] == 0xff;
  if (header.top_down) header.height = (std::uint64_t{1} << 32) - header.height;
  header.bits = read_u16(p + 14);
  header.compression = read_u32(p + 16);
  if (header.compression != kBitfields) return;
  // The masks follow the old header and are part of the newer ones; only these know alpha.
  const std::size_t count = header_size >= 56 ? 4 : 3;
  const std::uint8_t* masks = at(input, kFileHeader + 40, count * 4);
  for (std::size_t i = 0; i < count; ++i) header.masks[i] = read_u32(masks + i * 4);
}

void read_palette(const Input& input, std::uint32_t header_size, Header& header) {
  const std::size_t entry = header_size == 12 ? 3 : 4;
  std::size_t colours = header_size == 12 ? 0 : read_u32(at(input, kFileHeader + 32, 4));
  if (colours == 0) colours = std::size_t{1} << header.bits;
  if (colours > 65536) fail(input, kName, "a palette of " + std::to_string(colours) + " colours");
  const std::size_t start = kFileHeader + header_size;
  const std::uint8_t* p = at(input, start, colours * entry);
  for (std::size_t i = 0; i < std::min<std::size_t>(colours, 256); ++i, p += entry) {
    header.palette[i] = {p[2], p[1], p[0]};
  }
  if (header.pixels == start) header.pixels += colours * entry;
}

Header read_header(const Input& input) {
  Header header;
  const std::uint8_t* p = at(input, 0, kFileHeader + 4);
  header.pixels = read_u32(p + 10);
  const std::uint32_t size = read_u32(p + kFileHeader);
  constexpr std::array<std::uint32_t, 7> known{12, 40, 52, 56, 64, 108, 124};
  if (std::find(known.begin(), known.end(), size) == known.end()) {
    fail(input, kName, "unknown header of " + std::to_string(size) + " bytes");
  }
  read_sizes(input, size, header);
  if (header.bits == 1 || header.bits == 4 || header.bits == 8) read_palette(input, size, header);
  if (header.pixels == 0) header.pixels = kFileHeader + size;
  return header;
}

/// Byte positions of red, green and blue in a 32-bit pixel.
std::array<int, 3> byte_order(const Input& input, const Header& header) {
  const auto& m = header.masks;
  if (header.compression == kRaw || (m[0] | m[1] | m[2] | m[3]) == 0) return {2, 1, 0};
  std::array<int, 3> order{};
  for (int c = 0; c < 3; ++c) {
    int position = -1;
    for (int b = 0; b < 4; ++b) {
      if (m[c] == 0xffu << (8 * b)) position = b;
    }
    if (position < 0) fail(input, kName, "unsupported bit fields");
    order[c] = position;
  }
  return order;
}

void expand_indexed(const std::uint8_t* row, const Header& header, int width, std::uint8_t* rgb) {
  const unsigned per_byte = 8 / header.bits;
  const unsigned mask = (1u << header.bits) - 1;
  for (unsigned x = 0; x < static_cast<unsigned>(width); ++x, rgb += 3) {
    const unsigned shift = (per_byte - 1 - x % per_byte) * header.bits;
    std::memcpy(rgb, header.palette[(row[x / per_byte] >> shift) & mask].data(), 3);
  }
}

void expand_16(const std::uint8_t* row, bool six_green, int width, std::uint8_t* rgb) {
  const unsigned green = six_green ? 63 : 31;
  for (int x = 0; x < width; ++x, row += 2, rgb += 3) {
    const unsigned pixel = read_u16(row);
    rgb[0] = static_cast<std::uint8_t>(((pixel >> (six_green ? 11 : 10)) & 31) * 255 / 31);
    rgb[1] = static_cast<std::uint8_t>(((pixel >> 5) & green) * 255 / green);
    rgb[2] = static_cast<std::uint8_t>((pixel & 31) * 255 / 31);
  }
}

void expand_bytes(const std::uint8_t* row, std::size_t step, const std::array<int, 3>& order, int width,
                  std::uint8_t* rgb) {
  for (int x = 0; x < width; ++x, row += step, rgb += 3) {
    for (int c = 0; c < 3; ++c) rgb[c] = row[order[c]];
  }
}

bool six_bits_of_green(const Input& input, const Header& header) {
  if (header.compression == kRaw) return false;
  if (header.masks[0] == 0xf800 && header.masks[1] == 0x7e0 && header.masks[2] == 0x1f) return true;
  if (header.masks[0] == 0x7c00 && header.masks[1] == 0x3e0 && header.masks[2] == 0x1f) return false;
  fail(input, kName, "unsupported bit fields");
}

/// The image's row that the file's row y becomes.
std::uint8_t* target_row(Image& image, const Header& header, int y) {
  const std::size_t row = static_cast<std::size_t>(header.top_down ? y : image.height - 1 - y);
  return image.pixels.data() + row * image.width * 3;
}

Image decode_raw(const Input& input, const Header& header) {
  const std::uint64_t stride = (header.width * header.bits + 31) / 32 * 4;
  const std::uint64_t used = (header.width * header.bits + 7) / 8;
  // The last row needs no padding. A file that cannot hold the picture is refused before memory is taken.
  const std::uint64_t rows = std::clamp<std::uint64_t>(header.height, 1, input.size());
  at(input, header.pixels, (rows - 1) * stride + used);
  Image image = make_image(input, kName, header.width, header.height);
  const bool six_green = header.bits == 16 && six_bits_of_green(input, header);
  const std::array<int, 3> order = header.bits == 32 ? byte_order(input, header) : std::array<int, 3>{2, 1, 0};
  for (int y = 0; y < image.height; ++y) {
    const std::uint8_t* row = at(input, header.pixels + y * stride, used);
    std::uint8_t* rgb = target_row(image, header, y);
    if (header.bits <= 8) {
      expand_indexed(row, header, image.width, rgb);
    } else if (header.bits == 16) {
      expand_16(row, six_green, image.width, rgb);
    } else {
      expand_bytes(row, header.bits / 8, order, image.width, rgb);
    }
  }
  return image;
}

/// Run-length decoding into one list of indices, as Pillow does: rows follow one another.
class RunLength {
 public:
  RunLength(const Input& input, const Header& header)
      : input_(input), four_(header.compression == kRle4), width_(header.width),
        total_(header.width * header.height), position_(header.pixels) {}

  std::vector<std::uint8_t> decode() {
    while (indices_.size() < total_ && step()) {
    }
    if (indices_.size() < total_) fail(input_, kName, "the run-length data end too early");
    indices_.resize(total_);
    return std::move(indices_);
  }

 private:
  std::uint8_t next() { return *at(input_, position_++, 1); }

  bool step() {
    const std::uint8_t count = next();
    const std::uint8_t value = next();
    if (count > 0) {
      run(count, value);
      return true;
    }
    switch (value) {
      case 0: end_line(); return true;
      case 1: return false;
      case 2: skip(); return true;
      default: copy(value); return true;
    }
  }

  void run(std::uint64_t count, std::uint8_t value) {
    count = column_ >= width_ ? 0 : std::min(count, width_ - column_);
    for (std::uint64_t i = 0; i < count; ++i) {
      indices_.push_back(!four_ ? value : i % 2 == 0 ? value >> 4 : value & 15);
    }
    column_ += count;
  }

  void end_line() {
    indices_.resize((indices_.size() + width_ - 1) / width_ * width_);
    column_ = 0;
  }

  void skip() {
    const std::uint64_t right = next();
    const std::uint64_t up = next();
    indices_.resize(std::min<std::uint64_t>(total_, indices_.size() + right + up * width_));
    column_ = indices_.size() % width_;
  }

  void copy(std::uint64_t stated) {
    const std::uint64_t count = std::min<std::uint64_t>(stated, total_ - indices_.size());
    const std::uint64_t bytes = four_ ? (count + 1) / 2 : count;
    const std::uint8_t* p = at(input_, position_, bytes);
    for (std::uint64_t i = 0; i < count; ++i) {
      indices_.push_back(!four_ ? p[i] : i % 2 == 0 ? p[i / 2] >> 4 : p[i / 2] & 15);
    }
    position_ += bytes;
    position_ += position_ % 2;
    column_ += stated;
  }

  const Input& input_;
  bool four_;
  std::uint64_t width_;
  std::uint64_t total_;
  std::uint64_t column_ = 0;
  std::size_t position_;
  std::vector<std::uint8_t> indices_;
};

Image decode_runs(const Input& input, const Header& header) {
  if (header.bits != (header.compression == kRle4 ? 4u : 8u)) fail(input, kName, "run-length data of this depth");
  Image image = make_image(input, kName, header.width, header.height);
  const std::vector<std::uint8_t> indices = RunLength(input, header).decode();
  for (int y = 0; y < image.height; ++y) {
    const std::uint8_t* row = indices.data() + static_cast<std::size_t>(y) * image.width;
    std::uint8_t* rgb = target_row(image, header, y);
    for (int x = 0; x < image.width; ++x, rgb += 3) std::memcpy(rgb, header.palette[row[x]].data(), 3);
  }
  return image;
}

}  // namespace

Image decode_bmp(const Input& input) {
  const Header header = read_header(input);
  const std::uint32_t bits = header.bits;
  if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
    fail(input, kName, std::to_string(bits) + " bits per pixel are not supported");
  }
  switch (header.compression) {
    case kRaw: return decode_raw(input, header);
    case kBitfields:
      if (bits < 16) fail(input, kName, "bit fields in a picture with a palette");
      return decode_raw(input, header);
    case kRle8:
    case kRle4: return decode_runs(input, header);
    default: fail(input, kName, "compression " + std::to_string(header.compression) + " is not supported");
  }
}

}  // namespace medvlm::sdk::decoders
