// The encodings of one byte a character.
#include "single_byte_maps.hpp"

#include <algorithm>
#include <vector>

namespace medvlm::sdk {
namespace {

constexpr SingleByteMap kMaps[] = {
#include "single_byte_maps.inc"
};

std::vector<SingleByteMap> make_maps() {
  SingleByteMap latin_1{"latin-1", {}, false};
  for (std::size_t i = 0; i < 128; ++i) latin_1.upper[i] = static_cast<char16_t>(0x80 + i);
  std::vector<SingleByteMap> maps{latin_1};
  for (SingleByteMap map : kMaps) {
    map.lossy = map.name.starts_with("windows");
    maps.push_back(map);
  }
  return maps;
}

}  // namespace

std::span<const SingleByteMap> single_byte_maps() {
  static const std::vector<SingleByteMap> maps = make_maps();
  return maps;
}

std::optional<unsigned char> find_byte(const SingleByteMap& map, char32_t character) {
  if (map.lossy && character == 0xfffd) return 0x1a;
  if (map.lossy && character == 0x1a) return std::nullopt;
  if (character < 0x80) return static_cast<unsigned char>(character);
  const auto found = std::find(map.upper.begin(), map.upper.end(), character);
  if (found == map.upper.end()) return std::nullopt;
  return static_cast<unsigned char>(0x80 + (found - map.upper.begin()));
}

char32_t windows_1252_character(unsigned char byte) { return kMaps[0].upper[byte - 0x80u]; }

}  // namespace medvlm::sdk
