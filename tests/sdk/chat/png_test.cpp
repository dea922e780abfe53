#include <cstring>
#include <vector>

#include <doctest/doctest.h>
#include <png.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/chat/png.hpp"

using namespace medvlm;
using namespace medvlm::sdk::chat;

namespace {

std::vector<std::uint8_t> gradient(int width, int height) {
  std::vector<std::uint8_t> rgb;
  for (int i = 0; i < width * height * 3; ++i) rgb.push_back(static_cast<std::uint8_t>(i * 37 % 251));
  return rgb;
}

}  // namespace

TEST_CASE("a PNG holds the same pixels") {
  for (const auto& [width, height] : {std::pair{1, 1}, {61, 43}, {3, 400}}) {
    const auto rgb = gradient(width, height);
    const std::string png = encode_png(width, height, rgb);
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    REQUIRE(png_image_begin_read_from_memory(&image, png.data(), png.size()));
    CHECK(image.width == static_cast<unsigned>(width));
    CHECK(image.height == static_cast<unsigned>(height));
    CHECK(image.format == PNG_FORMAT_RGB);
    std::vector<std::uint8_t> read(PNG_IMAGE_SIZE(image));
    REQUIRE(png_image_finish_read(&image, nullptr, read.data(), 0, nullptr));
    CHECK(read == rgb);
  }
}

TEST_CASE("a wrong number of bytes is refused") {
  CHECK_THROWS_AS(encode_png(2, 2, gradient(1, 1)), Error);
  CHECK_THROWS_AS(encode_png(0, 0, {}), Error);
}

TEST_CASE("the hash tells pixels and shapes apart") {
  const auto rgb = gradient(6, 2);
  CHECK(pixels_sha256(6, 2, rgb) == pixels_sha256(6, 2, rgb));
  CHECK(pixels_sha256(6, 2, rgb) != pixels_sha256(2, 6, rgb));
  auto other = rgb;
  ++other[7];
  CHECK(pixels_sha256(6, 2, other) != pixels_sha256(6, 2, rgb));
}
