// Resized pixels against Pillow's, for both orders of the passes and both kernels.
#include "goldens.hpp"
#include "medvlm/sdk/image/geometry.hpp"
#include "medvlm/sdk/image/resize.hpp"

using namespace medvlm;
using sdk::Filter;
using sdk::Kernel;
using sdk::PassOrder;
using test::image_goldens;

namespace {

Filter filter_from_name(const std::string& name) {
  for (const Filter filter : {Filter::nearest, Filter::box, Filter::bilinear, Filter::hamming, Filter::bicubic,
                              Filter::lanczos}) {
    if (sdk::filter_name(filter) == name) return filter;
  }
  throw std::runtime_error("unknown filter " + name);
}

sdk::Raster source(const std::string& name) {
  const auto& entry = image_goldens().tensors.entry("src/" + name);
  sdk::Raster raster{static_cast<int>(entry.shape[1]), static_cast<int>(entry.shape[0]),
                     static_cast<int>(entry.shape[2]), {}};
  raster.pixels.assign(entry.bytes.begin(), entry.bytes.end());
  return raster;
}

/// Compares every entry and returns how many were of another order than the classic one.
int compare_all(PassOrder order, Kernel kernel) {
  const auto& goldens = image_goldens();
  int other_order = 0;
  for (const auto& item : goldens.manifest["resize"]) {
    const std::string classic = item["key"];
    const std::string key = test::key_of_order(goldens.tensors, classic, order == PassOrder::pillow_13);
    CAPTURE(key);
    const sdk::Raster resized = sdk::resize(source(item["src"]), item["width"], item["height"],
                                            {filter_from_name(item["filter"]), order, kernel});
    CHECK(test::max_difference(resized.pixels, goldens.tensors.entry(key).bytes) == 0);
    other_order += key != classic;
  }
  return other_order;
}

}  // namespace

TEST_CASE("every filter resizes to Pillow's bytes, horizontal pass first") {
  if (!test::goldens_present("images")) return;
  CHECK_FALSE(image_goldens().manifest["resize"].empty());
  compare_all(PassOrder::horizontal_first, Kernel::fastest);
}

TEST_CASE("every filter resizes to Pillow 13's bytes in its order of the passes") {
  if (!test::goldens_present("images")) return;
  CHECK(compare_all(PassOrder::pillow_13, Kernel::fastest) > 0);
}

TEST_CASE("the portable kernel resizes to Pillow's bytes in both orders") {
  if (!test::goldens_present("images")) return;
  compare_all(PassOrder::horizontal_first, Kernel::portable);
  compare_all(PassOrder::pillow_13, Kernel::portable);
}

TEST_CASE("sizes by the shorter side are Hugging Face's") {
  if (!test::goldens_present("images")) return;
  int compared = 0;
  for (const auto& row : image_goldens().tables["shortest_edge"]) {
    for (const auto& [key, expected] : row.items()) {
      if (!key.starts_with("short_")) continue;
      const int width = row["w"];
      const int height = row["h"];
      CAPTURE(width);
      CAPTURE(height);
      const sdk::ImageSize size = sdk::shortest_edge_size(width, height, std::stoi(key.substr(6)));
      CHECK(size.width == expected[0].get<int>());
      CHECK(size.height == expected[1].get<int>());
      ++compared;
    }
  }
  CHECK(compared > 0);
}
