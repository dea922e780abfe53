// preprocess_cfg: what open_clip's image_transform does with pictures of other shapes.
#include "open_clip_goldens.hpp"

#include <ATen/ATen.h>

#include "config_parts.hpp"

namespace {

using namespace medvlm;

/// Every pixel differs from its neighbours, so that a shift by one shows.
Image gradient(int width, int height) {
  Image image{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (const int value : {x * 7 % 251, y * 11 % 251, (x + y) * 5 % 251}) image.pixels.push_back(std::uint8_t(value));
    }
  }
  return image;
}

Image transformed(const Image& image, const std::string& preprocessing, sdk::ImageSize size) {
  const auto config = sdk::HfConfig::from_text(preprocessing, "open_clip_config.json");
  return sdk::ImageProcessor(open_clip::read_preprocessing(config, size)).pixels(image);
}

Image window(const Image& image, int left, int top, int width, int height) {
  Image out{width, height, {}};
  for (int y = top; y < top + height; ++y) {
    const auto* row = image.pixels.data() + (std::size_t(y) * std::size_t(image.width) + std::size_t(left)) * 3;
    out.pixels.insert(out.pixels.end(), row, row + std::size_t(width) * 3);
  }
  return out;
}

}  // namespace

TEST_CASE("the crop of an odd rest begins at the nearest even half") {
  // Resized to 10 x 10+d; torchvision begins at int(round(d / 2)): 0, 2, 2, 4 for d = 1, 3, 5, 7.
  for (const auto& [rest, first] : {std::pair{1, 0}, {2, 1}, {3, 2}, {4, 2}, {5, 2}, {6, 3}, {7, 4}}) {
    const Image image = gradient(10, 10 + rest);
    CHECK(transformed(image, "{}", {10, 10}).pixels == window(image, 0, first, 10, 10).pixels);
  }
}

TEST_CASE("squash, longest and boxes that are not square") {
  const Image image = gradient(40, 20);
  CHECK(transformed(image, R"({"resize_mode": "squash"})", {10, 10}).pixels ==
        sdk::resize(image, 10, 10, sdk::Filter::bicubic).pixels);
  CHECK(transformed(image, R"({"resize_mode": "squash", "interpolation": "bilinear"})", {10, 10}).pixels ==
        sdk::resize(image, 10, 10, sdk::Filter::bilinear).pixels);

  const Image padded = transformed(image, R"({"resize_mode": "longest", "fill_color": 9})", {11, 11});
  const Image inside = sdk::resize(image, 11, 6, sdk::Filter::bicubic);  // 5.5 rounds to the even 6
  CHECK(window(padded, 0, 2, 11, 6).pixels == inside.pixels);  // (11 - 6) // 2 above, the rest below
  CHECK(padded.pixels.front() == 9);
  CHECK(padded.pixels.back() == 9);

  // Not square: the picture covers the box of 8 x 12, whatever the interpolation says.
  const Image covered = transformed(image, R"({"interpolation": "bilinear"})", {8, 12});
  CHECK(covered.pixels == window(sdk::resize(image, 24, 12, sdk::Filter::bicubic), 8, 0, 8, 12).pixels);
}

TEST_CASE("the identity of the preprocessing tells settings apart") {
  const auto identity = [](const std::string& preprocessing, sdk::ImageSize size) {
    const auto config = sdk::HfConfig::from_text(preprocessing, "open_clip_config.json");
    return sdk::ImageProcessor(open_clip::read_preprocessing(config, size)).identity();
  };
  const std::vector<std::string> all{identity("{}", {10, 10}),
                                     identity("{}", {8, 12}),
                                     identity(R"({"resize_mode": "squash"})", {10, 10}),
                                     identity(R"({"resize_mode": "longest"})", {10, 10}),
                                     identity(R"({"resize_mode": "longest", "fill_color": 1})", {10, 10}),
                                     identity(R"({"mean": 0.5})", {10, 10})};
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) CHECK(all[i] != all[j]);
  }
  CHECK(all[0].find("torchvision") != std::string::npos);
}
