// Sizes and padding.
#include "medvlm/sdk/image/geometry.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "pixel_limit.hpp"

namespace medvlm::sdk {

ImageSize shortest_edge_size(int width, int height, int edge) {
  if (width < 1 || height < 1 || edge < 1) {
    throw Error(ErrorCode::data, "cannot bring a picture of " + std::to_string(width) + "x" + std::to_string(height) +
                                     " to a shorter side of " + std::to_string(edge));
  }
  const std::int64_t shorter = std::min(width, height);
  const std::int64_t longer = std::max(width, height);
  const double exact = static_cast<double>(edge * longer) / static_cast<double>(shorter);
  if (exact > std::numeric_limits<int>::max()) {
    throw Error(ErrorCode::data, "a picture of " + std::to_string(width) + "x" + std::to_string(height) +
                                     " is too long to be resized to a shorter side of " + std::to_string(edge));
  }
  const int scaled = static_cast<int>(exact);
  return width <= height ? ImageSize{edge, scaled} : ImageSize{scaled, edge};
}

ImageSize keep_ratio_size(int width, int height, const ImageSize& box, bool cover) {
  if (width < 1 || height < 1 || box.width < 1 || box.height < 1) {
    throw Error(ErrorCode::data, "cannot bring a picture of " + std::to_string(width) + "x" + std::to_string(height) +
                                     " to a box of " + std::to_string(box.width) + "x" + std::to_string(box.height));
  }
  const double down = static_cast<double>(height) / box.height;
  const double across = static_cast<double>(width) / box.width;
  const double ratio = cover ? std::min(down, across) : std::max(down, across);
  const auto side = [&](int length) {
    const double exact = std::max(std::nearbyint(length / ratio), 1.0);
    if (exact <= std::numeric_limits<int>::max()) return static_cast<int>(exact);
    throw Error(ErrorCode::data, "a picture of " + std::to_string(width) + "x" + std::to_string(height) +
                                     " is too long to be resized to a box of " + std::to_string(box.width) + "x" +
                                     std::to_string(box.height));
  };
  return {side(width), side(height)};
}

Image pad_to_square(const Image& image, const std::array<std::uint8_t, 3>& colour) {
  const std::size_t side = static_cast<std::size_t>(std::max(image.width, image.height));
  if (side * side > kMaxPixels) {
    throw Error(ErrorCode::data, "padding " + std::to_string(image.width) + "x" + std::to_string(image.height) +
                                     " to a square exceeds the limit of 2^28 pixels");
  }
  Image out;
  out.width = out.height = static_cast<int>(side);
  out.pixels.resize(side * side * 3);
  for (std::size_t i = 0; i < out.pixels.size(); ++i) out.pixels[i] = colour[i % 3];
  const std::size_t left = (side - static_cast<std::size_t>(image.width)) / 2;
  const std::size_t top = (side - static_cast<std::size_t>(image.height)) / 2;
  const std::size_t row_bytes = static_cast<std::size_t>(image.width) * 3;
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); ++y) {
    std::memcpy(out.pixels.data() + ((top + y) * side + left) * 3, image.pixels.data() + y * row_bytes, row_bytes);
  }
  return out;
}

}  // namespace medvlm::sdk
