// Small picture files made byte by byte, for variants that the goldens do not hold.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace medvlm::test {

inline std::string little(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

inline std::string big(std::uint64_t value, int bytes) {
  const std::string reversed = little(value, bytes);
  return {reversed.rbegin(), reversed.rend()};
}

/// A BMP with a 40-byte header; `extra` (masks or palette) lies between header and pixels.
inline std::string make_bmp(std::uint32_t width, std::uint32_t height, int bits, int compression, std::string extra,
                            std::string pixels, std::uint32_t colours = 0) {
  const std::uint64_t offset = 54 + extra.size();
  return "BM" + little(offset + pixels.size(), 4) + little(0, 4) + little(offset, 4) + little(40, 4) +
         little(width, 4) + little(height, 4) + little(1, 2) + little(bits, 2) + little(compression, 4) +
         little(pixels.size(), 4) + little(2835, 4) + little(2835, 4) + little(colours, 4) + little(0, 4) + extra +
         pixels;
}

struct TiffTag {
  int tag;
  std::vector<std::uint64_t> values;  ///< stored as 32-bit numbers unless `short_values`
  bool short_values = true;
};

/// An uncompressed little-endian TIFF with one strip per plane. `tags` must be sorted and without 273, 278 and 279.
inline std::string make_tiff(std::uint32_t width, std::uint32_t height, std::vector<TiffTag> tags,
                             const std::string& pixels, std::size_t planes = 1) {
  tags.insert(tags.begin(), {{256, {width}, false}, {257, {height}, false}});
  const auto place = [&](TiffTag tag) {
    auto at = tags.begin();
    while (at != tags.end() && at->tag < tag.tag) ++at;
    tags.insert(at, std::move(tag));
  };
  std::vector<std::uint64_t> starts;
  for (std::size_t i = 0; i < planes; ++i) starts.push_back(8 + i * (pixels.size() / planes));
  place({273, starts, false});
  place({278, {height}, false});
  place({279, std::vector<std::uint64_t>(planes, pixels.size() / planes), false});
  const std::uint64_t directory = 8 + pixels.size() + pixels.size() % 2;
  std::uint64_t overflow = directory + 2 + 12 * tags.size() + 4;
  std::string entries;
  std::string values;
  for (const TiffTag& tag : tags) {
    const int size = tag.short_values ? 2 : 4;
    std::string data;
    for (const std::uint64_t value : tag.values) data += little(value, size);
    entries += little(tag.tag, 2) + little(tag.short_values ? 3 : 4, 2) + little(tag.values.size(), 4);
    if (data.size() <= 4) {
      data.resize(4);
      entries += data;
    } else {
      entries += little(overflow + values.size(), 4);
      values += data;
    }
  }
  std::string file = std::string("II*\0", 4) + little(directory, 4) + pixels;
  if (pixels.size() % 2) file += '\0';
  return file + little(tags.size(), 2) + entries + little(0, 4) + values;
}

}  // namespace medvlm::test
