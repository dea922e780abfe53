// Pictures and the merging of patches: what the goldens, all of one kind of checkpoint, leave open.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include <ATen/ATen.h>

#include "vila_goldens.hpp"

using namespace medvlm;
using test::VilaCopy;
using test::vila_goldens;
using test::vila_goldens_present;
using test::vila_model;
using vila::BlockOrder;

namespace {

/// A gray picture with a shade on every pixel.
Image picture(int width, int height) {
  Image image{width, height, {}};
  for (int i = 0; i < width * height * 3; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i * 7 % 251));
  return image;
}

/// A model of the front golden whose config has this aspect ratio.
std::unique_ptr<vila::VilaModel> shaped(const VilaCopy& copy, const char* ratio) {
  copy.change("config.json", [&](nlohmann::json& config) { config["image_aspect_ratio"] = ratio; });
  return vila_model(copy.path());
}

at::Tensor merged(std::vector<float> patches, BlockOrder order) {
  const auto count = static_cast<std::int64_t>(patches.size());
  return vila::merge_blocks(at::tensor(patches).reshape({1, count, 1}), order);
}

}  // namespace

TEST_CASE("2x2 blocks are read row by row or column by column, their patches always row by row") {
  std::vector<float> patches;
  for (int i = 0; i < 16; ++i) patches.push_back(static_cast<float>(i));
  const at::Tensor first = at::tensor({0., 1., 4., 5.}, at::kFloat), second = at::tensor({2., 3., 6., 7.}, at::kFloat);
  const at::Tensor third = at::tensor({8., 9., 12., 13.}, at::kFloat);
  const at::Tensor last = at::tensor({10., 11., 14., 15.}, at::kFloat);
  CHECK(at::equal(merged(patches, BlockOrder::rows), at::stack({first, second, third, last}).unsqueeze(0)));
  CHECK(at::equal(merged(patches, BlockOrder::columns), at::stack({first, third, second, last}).unsqueeze(0)));
}

TEST_CASE("an odd side is filled up with zeros at its end") {
  const at::Tensor expected =
      at::tensor({1., 2., 4., 5., 3., 0., 6., 0., 7., 8., 0., 0., 9., 0., 0., 0.}, at::kFloat).reshape({1, 4, 4});
  CHECK(at::equal(merged({1, 2, 3, 4, 5, 6, 7, 8, 9}, BlockOrder::rows), expected));
  CHECK_THROWS_AS(merged({1, 2, 3}, BlockOrder::rows), Error);
}

TEST_CASE("the order of blocks only orders the tokens of an image") {
  if (!vila_goldens_present()) return;
  const auto checkpoint = vila_goldens().front() / "checkpoint";
  const auto rows = vila_model(checkpoint), columns = vila_model(checkpoint, {{"block_order", Value("columns")}});
  rows->load(at::kCPU, at::kFloat);
  columns->load(at::kCPU, at::kFloat);
  const at::Tensor seen = rows->see(rows->preprocess(picture(40, 30)));
  const at::Tensor by_row = rows->projector().forward(seen), by_column = columns->projector().forward(seen);
  const auto side = static_cast<std::int64_t>(std::sqrt(double(by_row.size(1))));
  const auto turned = by_column.reshape({1, side, side, -1}).transpose(1, 2).reshape(by_row.sizes());
  CHECK(at::allclose(by_row, turned, 1e-5, 1e-6));
  CHECK_FALSE(at::allclose(by_row, by_column, 1e-3, 1e-3));
  CHECK_THROWS_AS(vila_model(checkpoint, {{"block_order", Value("spiral")}}), Error);
}

TEST_CASE("pad: the picture lies in the middle of a square of the mean colour") {
  if (!vila_goldens_present()) return;
  const VilaCopy copy(vila_goldens().front());
  copy.change("vision_tower/preprocessor_config.json",
              [](nlohmann::json& config) { config["image_mean"] = {0.25, 0.5, 0.9}; });
  const auto padded = shaped(copy, "pad");
  const auto plain = shaped(copy, "square");
  const Image wide = picture(31, 20);
  Image square{31, 31, {}};
  for (int i = 0; i < 31 * 31; ++i) square.pixels.insert(square.pixels.end(), {63, 127, 229});
  std::copy(wide.pixels.begin(), wide.pixels.end(), square.pixels.begin() + 5 * 31 * 3);
  CHECK(at::equal(padded->preprocess(wide).pixels, plain->preprocess(square).pixels));
  CHECK_FALSE(at::equal(padded->preprocess(wide).pixels, plain->preprocess(wide).pixels));
  CHECK(padded->preprocessing_identity() != plain->preprocessing_identity());
}

TEST_CASE("resize: bicubic whatever the processor says, the processor's own filter otherwise") {
  if (!vila_goldens_present()) return;
  const VilaCopy copy(vila_goldens().front());
  const auto bicubic = shaped(copy, "square")->preprocess(picture(50, 90)).pixels;
  copy.change("vision_tower/preprocessor_config.json", [](nlohmann::json& config) { config["resample"] = 2; });
  CHECK(at::equal(shaped(copy, "resize")->preprocess(picture(50, 90)).pixels, bicubic));
  CHECK_FALSE(at::equal(shaped(copy, "square")->preprocess(picture(50, 90)).pixels, bicubic));
}
