#include "internvl_tiles.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <ATen/ATen.h>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/checkpoint/hf_config.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::internvl {
namespace {

/// Of tiles: a grid of more would be a mistake in a file.
constexpr std::int64_t kMostTiles = 1024;

sdk::ProcessorConfig original_processing() {
  sdk::ProcessorConfig config;
  config.normalize = sdk::ProcessorConfig::Normalize{{0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}};
  return config;
}

sdk::ProcessorConfig processing(const std::filesystem::path& folder, const InternVlConfig& config) {
  if (is_original(config)) return original_processing();
  return sdk::read_image_processor(folder).config();
}

/// The same without the steps that the tiler does itself.
sdk::ProcessorConfig only_values(sdk::ProcessorConfig config) {
  config.resize.reset();
  config.crop.reset();
  return config;
}

TilingConfig read_tiling(const std::filesystem::path& folder, const InternVlConfig& config) {
  if (is_original(config)) return config.tiling;
  const auto file = sdk::HfConfig::from_file(folder / "preprocessor_config.json");
  TilingConfig tiling = config.tiling;
  const bool number = file.type_of("size") != "table";
  tiling.size = sdk::positive_integer(file, number ? "size" : "size.height", 384);
  if (!number && file.integer("size.width") != tiling.size) file.fail("size", "must be a square: so are the tiles");
  tiling.minimum = sdk::positive_integer(file, "min_patches", 1);
  tiling.maximum = sdk::positive_integer(file, "max_patches", 12);
  return tiling;
}

std::vector<sdk::ImageSize> possible_grids(const TilingConfig& tiling) {
  std::vector<sdk::ImageSize> grids;
  for (int columns = 1; columns <= tiling.maximum; ++columns) {
    for (int rows = 1; columns * rows <= tiling.maximum; ++rows) {
      if (columns * rows >= tiling.minimum) grids.push_back({columns, rows});
    }
  }
  std::stable_sort(grids.begin(), grids.end(), [](const sdk::ImageSize& a, const sdk::ImageSize& b) {
    return a.width * a.height < b.width * b.height;
  });
  return grids;
}

void check_number(std::int64_t tiles) {
  if (tiles >= 1 && tiles <= kMostTiles) return;
  throw Error(ErrorCode::checkpoint, "an image is to be cut into up to " + std::to_string(tiles) + " tiles; 1 to " +
                                         std::to_string(kMostTiles) + " are expected (config.json: " +
                                         "max_dynamic_patch, preprocessor_config.json: max_patches)");
}

}  // namespace

sdk::ImageSize tile_grid(int width, int height, const TilingConfig& tiling) {
  const double ratio = static_cast<double>(width) / height;
  const double area = static_cast<double>(width) * height;
  const double tile = static_cast<double>(tiling.size) * static_cast<double>(tiling.size);
  sdk::ImageSize best{1, 1};
  double smallest = std::numeric_limits<double>::infinity();
  for (const sdk::ImageSize& grid : possible_grids(tiling)) {
    const double gap = std::abs(ratio - static_cast<double>(grid.width) / grid.height);
    if (gap < smallest || (gap == smallest && area > 0.5 * tile * grid.width * grid.height)) {
      best = grid;
      smallest = gap;
    }
  }
  return best;
}

Tiler::Tiler(const std::filesystem::path& folder, const InternVlConfig& config, sdk::PassOrder order)
    : tiling_(read_tiling(folder, config)),
      filter_(processing(folder, config).filter),
      order_(order),
      normalize_(only_values(processing(folder, config))) {
  check_number(tiling_.maximum);
}

void Tiler::set_maximum(std::int64_t maximum) {
  check_number(maximum);
  tiling_.maximum = maximum;
  tiling_.minimum = std::min(tiling_.minimum, maximum);
}

at::Tensor Tiler::operator()(const Image& image) const {
  const auto [columns, rows] = tile_grid(image.width, image.height, tiling_);
  const int size = static_cast<int>(tiling_.size);
  const at::Tensor whole = normalize_(sdk::resize(image, columns * size, rows * size, filter_, order_));
  const at::Tensor tiles =
      whole.view({3, rows, size, columns, size}).permute({1, 3, 0, 2, 4}).reshape({rows * columns, 3, size, size});
  if (!tiling_.thumbnail || tiles.size(0) == 1) return tiles;
  return at::cat({tiles, normalize_(sdk::resize(image, size, size, filter_, order_)).unsqueeze(0)});
}

std::string Tiler::identity() const {
  return normalize_.identity() + " filter " + std::string(sdk::filter_name(filter_)) +
         (order_ == sdk::PassOrder::pillow_13 ? " pillow_13" : " pillow_12") + " tiles " +
         std::to_string(tiling_.minimum) + " to " + std::to_string(tiling_.maximum) + " of " +
         std::to_string(tiling_.size) + (tiling_.thumbnail ? " and a thumbnail" : "");
}

}  // namespace medvlm::internvl
