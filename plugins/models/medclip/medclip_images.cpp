#include "medclip_images.hpp"

#include <algorithm>

#include <ATen/ATen.h>

#include "medvlm/base/error.hpp"
#include "medvlm/base/options.hpp"
#include "medvlm/sdk/image/geometry.hpp"
#include "medvlm/sdk/image/resize.hpp"

namespace medvlm::medclip {
namespace {

/// Of the gray values of the package's training pictures (MIMIC-CXR).
constexpr double kMean = 0.5862785803043838;
constexpr double kStd = 0.27950088968644304;
constexpr std::int64_t kMostPixels = std::int64_t{1} << 28;

/// The benchmark took the mean for a factor; then it divided by CLIP's deviations and subtracted nothing.
sdk::ProcessorConfig benchmark_config(int size) {
  sdk::ProcessorConfig config;
  config.resize = sdk::ProcessorConfig::Target{0, {size, size}};
  config.filter = sdk::Filter::bilinear;
  config.crop = std::nullopt;
  config.rescale = kMean / 255;
  config.normalize = sdk::ProcessorConfig::Normalize{{0, 0, 0}, {0.26862954, 0.26130258, 0.27577711}};
  return config;
}

/// Pillow's convert("L"): ITU-R 601-2 luma in 16-bit fixed point, rounded.
std::uint8_t luma(const std::uint8_t* rgb) {
  return static_cast<std::uint8_t>((rgb[0] * 19595U + rgb[1] * 38470U + rgb[2] * 7471U + 0x8000U) >> 16);
}

/// Gray values in the middle of a black square whose side is at least `size`.
sdk::Raster gray_square(const Image& image, int size) {
  if (image.width < 1 || image.height < 1) throw Error(ErrorCode::data, "the picture is empty");
  const int side = std::max({size, image.width, image.height});
  if (std::int64_t{side} * side > kMostPixels) {
    throw Error(ErrorCode::data, "padding " + std::to_string(image.width) + "x" + std::to_string(image.height) +
                                     " to a square exceeds the limit of 2^28 pixels");
  }
  sdk::Raster square{side, side, 1, {}};
  square.pixels.resize(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  const int left = (side - image.width) / 2;
  const int top = (side - image.height) / 2;
  const std::uint8_t* pixel = image.pixels.data();
  for (int y = 0; y < image.height; ++y) {
    std::uint8_t* row = square.pixels.data() + static_cast<std::size_t>(top + y) * static_cast<std::size_t>(side) + left;
    for (int x = 0; x < image.width; ++x, pixel += 3) row[x] = luma(pixel);
  }
  return square;
}

}  // namespace

Preprocessing preprocessing_from_name(const std::string& name) {
  if (name == "medclip") return Preprocessing::package;
  if (name == "benchmark") return Preprocessing::benchmark;
  throw Error(ErrorCode::config, "preprocessing: '" + name + "'" + suggestion(name, {"medclip", "benchmark"}));
}

MedclipImages::MedclipImages(Preprocessing kind, std::int64_t size)
    : kind_(kind), size_(static_cast<int>(size)), colour_(benchmark_config(size_)) {
  for (std::size_t value = 0; value < table_.size(); ++value) {
    const float unit = static_cast<float>(value) / 255.0F;
    table_[value] = (unit - static_cast<float>(kMean)) / static_cast<float>(kStd);
  }
}

at::Tensor MedclipImages::operator()(const Image& image) const {
  if (kind_ == Preprocessing::package) return gray(image);
  return colour_(sdk::pad_to_square(image, {0, 0, 0}));
}

at::Tensor MedclipImages::gray(const Image& image) const {
  sdk::ResizeOptions options;
  options.filter = sdk::Filter::bicubic;
  const sdk::Raster small = sdk::resize(gray_square(image, size_), size_, size_, options);
  at::Tensor pixels = at::empty({1, size_, size_}, at::kFloat);
  std::transform(small.pixels.begin(), small.pixels.end(), pixels.data_ptr<float>(),
                 [&](std::uint8_t value) { return table_[value]; });
  return pixels;
}

std::string MedclipImages::identity() const {
  if (kind_ == Preprocessing::benchmark) return "medclip benchmark: black square, " + colour_.identity();
  return "medclip package: gray, black square, bicubic to " + std::to_string(size_) + ", mean " + std::to_string(kMean) +
         ", std " + std::to_string(kStd);
}

}  // namespace medvlm::medclip
