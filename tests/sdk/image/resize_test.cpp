// Windows, kernels and limits of the resampler on random pictures.
#include "medvlm/sdk/image/resize.hpp"

#include <cstring>

#include "medvlm/base/random.hpp"

#include "checks.hpp"

using namespace medvlm;
using sdk::Filter;
using sdk::Kernel;
using sdk::PassOrder;
using sdk::Raster;

namespace {

constexpr Filter kFilters[] = {Filter::nearest, Filter::box,     Filter::bilinear,
                               Filter::hamming, Filter::bicubic, Filter::lanczos};

Raster random_raster(Splitmix64& random, int width, int height, int channels) {
  Raster raster{width, height, channels, std::vector<std::uint8_t>(std::size_t(width) * height * channels)};
  // Extremes are frequent: they make filters overshoot.
  for (auto& value : raster.pixels) {
    const std::uint32_t kind = random.below(4);
    value = static_cast<std::uint8_t>(kind == 0 ? 0 : kind == 1 ? 255 : random.below(256));
  }
  return raster;
}

int side(Splitmix64& random) { return 1 + static_cast<int>(random.below(random.below(8) == 0 ? 300 : 70)); }

Raster crop(const Raster& raster, const sdk::Window& window) {
  Raster out{window.width, window.height, raster.channels, {}};
  for (int y = 0; y < window.height; ++y) {
    const auto row = raster.pixels.begin() + (std::ptrdiff_t(window.y + y) * raster.width + window.x) * raster.channels;
    out.pixels.insert(out.pixels.end(), row, row + std::ptrdiff_t(window.width) * raster.channels);
  }
  return out;
}

sdk::Window random_window(Splitmix64& random, int width, int height) {
  sdk::Window window;
  window.x = static_cast<int>(random.below(width));
  window.y = static_cast<int>(random.below(height));
  window.width = 1 + static_cast<int>(random.below(width - window.x));
  window.height = 1 + static_cast<int>(random.below(height - window.y));
  return window;
}

struct Case {
  Raster raster;
  int width;
  int height;
  sdk::ResizeOptions options;
};

/// Calls check with `count` random pictures, target sizes, filters and orders.
template <class Check>
void for_random_cases(std::uint64_t seed, int count, const Check& check) {
  Splitmix64 random(seed);
  constexpr int channels[] = {3, 3, 1, 4};
  for (int i = 0; i < count; ++i) {
    Case item;
    const int width = side(random);
    item.raster = random_raster(random, width, side(random), channels[random.below(4)]);
    item.width = random.below(6) == 0 ? item.raster.width : side(random);
    item.height = random.below(6) == 0 ? item.raster.height : side(random);
    item.options.filter = kFilters[random.below(6)];
    item.options.order = random.below(2) ? PassOrder::pillow_13 : PassOrder::horizontal_first;
    CAPTURE(i);
    check(item, random);
  }
}

}  // namespace

TEST_CASE("a window has the bytes that a crop of the whole resized picture has") {
  for_random_cases(11, 600, [](const Case& item, Splitmix64& random) {
    const sdk::Window window = random_window(random, item.width, item.height);
    const Raster whole = sdk::resize(item.raster, item.width, item.height, item.options);
    const Raster part = sdk::resize_window(item.raster, item.width, item.height, window, item.options);
    CHECK(part.pixels == crop(whole, window).pixels);
  });
}

TEST_CASE("the fastest and the portable kernel give the same bytes") {
  for_random_cases(12, 600, [](Case item, Splitmix64&) {
    const Raster fast = sdk::resize(item.raster, item.width, item.height, item.options);
    item.options.kernel = Kernel::portable;
    CHECK(fast.pixels == sdk::resize(item.raster, item.width, item.height, item.options).pixels);
  });
}

TEST_CASE("a strong reduction, with many taps, is equal in both kernels") {
  Splitmix64 random(13);
  const Raster raster = random_raster(random, 3000, 900, 3);
  for (const Filter filter : kFilters) {
    const Raster fast = sdk::resize(raster, 7, 5, {filter, PassOrder::horizontal_first, Kernel::fastest});
    const Raster slow = sdk::resize(raster, 7, 5, {filter, PassOrder::horizontal_first, Kernel::portable});
    CHECK(fast.pixels == slow.pixels);
  }
}

TEST_CASE("the same size is a copy for every filter") {
  Splitmix64 random(14);
  for (const int channels : {1, 3, 4}) {
    const Raster raster = random_raster(random, 19, 23, channels);
    for (const Filter filter : kFilters) CHECK(sdk::resize(raster, 19, 23, {filter}).pixels == raster.pixels);
  }
}

TEST_CASE("an even picture stays even under every filter") {
  const Raster raster{40, 30, 3, std::vector<std::uint8_t>(40 * 30 * 3, 173)};
  for (const Filter filter : kFilters) {
    const Raster resized = sdk::resize(raster, 61, 11, {filter});
    CHECK(resized.pixels == std::vector<std::uint8_t>(61 * 11 * 3, 173));
  }
}

TEST_CASE("an Image is resized as its raster is") {
  Splitmix64 random(15);
  const Raster raster = random_raster(random, 50, 40, 3);
  const Image image{50, 40, raster.pixels};
  CHECK(sdk::resize(image, 31, 77, Filter::bicubic).pixels == sdk::resize(raster, 31, 77, {}).pixels);
}

TEST_CASE("sizes and windows that make no sense are data errors") {
  const Image image{2, 2, std::vector<std::uint8_t>(12)};
  CHECK_THROWS_AS(sdk::resize(image, 0, 5, Filter::box), Error);
  CHECK_THROWS_AS(sdk::resize(image, 5, -1, Filter::box), Error);
  CHECK_THROWS_AS(sdk::resize(image, 1 << 20, 1 << 20, Filter::box), Error);
  CHECK_THROWS_AS(sdk::resize(Image{2, 2, {}}, 5, 5, Filter::box), Error);
  CHECK_THROWS_AS(sdk::resize(Image{}, 5, 5, Filter::box), Error);
  CHECK_THROWS_AS(sdk::resize_window(image, 8, 8, {4, 0, 5, 8}, {}), Error);
  CHECK_THROWS_AS(sdk::resize_window(image, 8, 8, {-1, 0, 5, 8}, {}), Error);
  CHECK_THROWS_AS(sdk::resize(Raster{2, 2, 2, std::vector<std::uint8_t>(8)}, 5, 5, {}), Error);
}

TEST_CASE("Pillow's integer codes name the filters") {
  CHECK(sdk::filter_from_pillow(0) == Filter::nearest);
  CHECK(sdk::filter_from_pillow(1) == Filter::lanczos);
  CHECK(sdk::filter_from_pillow(2) == Filter::bilinear);
  CHECK(sdk::filter_from_pillow(3) == Filter::bicubic);
  CHECK(sdk::filter_from_pillow(4) == Filter::box);
  CHECK(sdk::filter_from_pillow(5) == Filter::hamming);
  CHECK_THROWS_AS(sdk::filter_from_pillow(6), Error);
}
