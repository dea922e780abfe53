#include "thickness.hpp"

#include <cmath>

#include <c10/util/Half.h>

#include "medvlm/sdk/table/npy_image.hpp"

namespace medvlm::harvard_gf {
namespace {

constexpr int kLowest = -2, kHighest = 350;

/// Each step is rounded to T, as numpy does.
template <typename T>
double level(double thickness) {
  const T shifted = static_cast<T>(thickness) - static_cast<T>(kLowest);
  const T share = shifted / static_cast<T>(kHighest - kLowest);
  return share * static_cast<T>(255);
}

double level_of(const sdk::NpyArray& map, double thickness) {
  if (map.kind() == sdk::NpyKind::real && map.item_bytes() == 4) return level<float>(thickness);
  if (map.kind() == sdk::NpyKind::real && map.item_bytes() == 2) return level<c10::Half>(thickness);
  return level<double>(thickness);
}

}  // namespace

Image decode_thickness(const EncodedImage& encoded) {
  if (encoded.decoder != kThicknessDecoder) {
    throw Error(ErrorCode::data, encoded.origin + ": made for decoder '" + encoded.decoder + "', not for thickness maps");
  }
  const sdk::NpyArray map(nullptr, encoded.bytes, encoded.origin + ": array 'rnflt'");
  if (map.shape().size() != 2 || map.size() == 0) {
    throw Error(ErrorCode::data, encoded.origin + ": array 'rnflt' is a " + map.description() +
                                     "; a thickness map has two axes");
  }
  std::vector<std::uint8_t> gray;
  gray.reserve(map.size());
  for (const double thickness : map.numbers()) {
    const double value = level_of(map, thickness);
    if (!(std::abs(value) < 0x1p31)) {
      throw Error(ErrorCode::data, encoded.origin + ": array 'rnflt' holds " + std::to_string(thickness) +
                                       ", which is no thickness; the file is damaged, download it again");
    }
    gray.push_back(static_cast<std::uint8_t>(static_cast<std::int32_t>(value)));
  }
  return sdk::image_of_gray(static_cast<int>(map.shape()[1]), static_cast<int>(map.shape()[0]), gray);
}

}  // namespace medvlm::harvard_gf
