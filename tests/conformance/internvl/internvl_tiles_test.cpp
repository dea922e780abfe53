// How pictures are cut into tiles.
#include <doctest/doctest.h>

#include <ATen/ATen.h>

#include "internvl_goldens.hpp"

using namespace medvlm;
using internvl::tile_grid;
using internvl::TilingConfig;
using test::internvl_model;
using test::own_internvl_golden;

namespace {

Image striped(int width, int height) {
  Image image{width, height, std::vector<std::uint8_t>(std::size_t(width) * std::size_t(height) * 3)};
  for (std::size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<std::uint8_t>(i * i % 251);
  return image;
}

}  // namespace

TEST_CASE("the grid is that of the original rule for 200 sizes") {
  if (!test::goldens_present("images")) return;
  const std::vector<std::pair<const char*, TilingConfig>> settings = {
      {"448_1_12", {448, 1, 12, true}}, {"448_1_6", {448, 1, 6, true}}, {"384_2_12", {384, 2, 12, true}}};
  const auto tables = test::read_golden_json(test::goldens_folder() / "images" / "tables.json");
  std::size_t compared = 0;
  for (const auto& row : tables.at("tiling")) {
    for (const auto& [name, tiling] : settings) {
      CAPTURE(row.dump());
      const auto [columns, rows] = tile_grid(row.at("w"), row.at("h"), tiling);
      CHECK(std::vector<int>{columns, rows} == row.at(name).get<std::vector<int>>());
      ++compared;
    }
  }
  CHECK(compared >= 300);
}

TEST_CASE("tiles are the resized picture row by row, and the thumbnail comes last") {
  for (const bool original : {true, false}) {
    const auto model = internvl_model(own_internvl_golden(original) / "checkpoint");
    const Image picture = striped(300, 200);  // three columns, two rows
    const at::Tensor tiles = model->preprocess(picture).pixels;
    REQUIRE(tiles.sizes() == at::IntArrayRef({7, 3, 56, 56}));
    const at::Tensor whole = model->preprocess(sdk::resize(picture, 56, 56, sdk::Filter::bicubic)).pixels;
    CHECK(at::equal(tiles[6], whole[0]));
    const Image resized = sdk::resize(picture, 168, 112, sdk::Filter::bicubic);
    const at::Tensor fourth = model->preprocess(sdk::resize_window(resized, 168, 112, {0, 56, 56, 56}, {})).pixels;
    CHECK(at::equal(tiles[3], fourth[0]));
  }
}

TEST_CASE("max_tiles limits the grid, and caches are told") {
  const auto checkpoint = own_internvl_golden(false) / "checkpoint";
  const Image picture = striped(120, 40);
  const auto all = internvl_model(checkpoint);
  const auto two = internvl_model(checkpoint, {{"max_tiles", Value(std::int64_t{2})}});
  const auto one = internvl_model(checkpoint, {{"max_tiles", Value(std::int64_t{1})}});
  CHECK(all->preprocess(picture).pixels.size(0) == 4);
  CHECK(two->preprocess(picture).pixels.size(0) == 3);
  CHECK(one->preprocess(picture).pixels.size(0) == 1);
  CHECK(all->preprocessing_identity() != two->preprocessing_identity());
  CHECK(two->preprocessing_identity() != one->preprocessing_identity());
}

TEST_CASE("the two orders of resizing differ for tall pictures, and caches are told") {
  const auto checkpoint = own_internvl_golden(true) / "checkpoint";
  const auto old = internvl_model(checkpoint, {{"resizing", Value("pillow_12")}});
  const auto current = internvl_model(checkpoint);
  CHECK(old->preprocessing_identity() != current->preprocessing_identity());
  const Image tall = striped(60, 700);
  CHECK_FALSE(at::equal(old->preprocess(tall).pixels, current->preprocess(tall).pixels));
}

TEST_CASE("the original layout obeys its own keys") {
  const auto tiles = [](const char* key, const nlohmann::json& value) {
    const auto copy = test::changed_internvl(own_internvl_golden(true) / "checkpoint", "config.json",
                                             [&](nlohmann::json& config) { config[key] = value; });
    return internvl_model(copy->path())->preprocess(striped(120, 40)).pixels.size(0);
  };
  CHECK(tiles("use_thumbnail", true) == 4);
  CHECK(tiles("use_thumbnail", false) == 3);
  CHECK(tiles("max_dynamic_patch", 2) == 3);
  CHECK(tiles("min_dynamic_patch", 6) == 13);  // of 6 to 12 tiles, 6 x 2 comes nearest
  CHECK(tiles("dynamic_image_size", false) == 1);
}

TEST_CASE("merging takes the patches of a cell row by row") {
  const at::Tensor patches = at::arange(32, at::kFloat).view({1, 16, 2});
  const at::Tensor merged = internvl::merge_patches(patches, 2);
  REQUIRE(merged.sizes() == at::IntArrayRef({1, 4, 8}));
  CHECK(at::equal(merged[0][1], at::tensor({4.f, 5.f, 6.f, 7.f, 12.f, 13.f, 14.f, 15.f})));
  CHECK(at::equal(merged[0][2], at::tensor({16.f, 17.f, 18.f, 19.f, 24.f, 25.f, 26.f, 27.f})));
}
