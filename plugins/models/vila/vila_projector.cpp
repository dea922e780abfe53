#include "vila_projector.hpp"

#include <cmath>

#include <ATen/ATen.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/nn/transformer.hpp"

namespace medvlm::vila {

BlockOrder block_order_from_name(std::string_view name) {
  if (name == "rows") return BlockOrder::rows;
  if (name == "columns") return BlockOrder::columns;
  throw Error(ErrorCode::config, "unknown order of blocks '" + std::string(name) + "'; known: rows, columns");
}

at::Tensor merge_blocks(const at::Tensor& patches, BlockOrder order) {
  const std::int64_t count = patches.size(1), width = patches.size(2);
  const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(count))));
  if (side * side != count) throw Error(ErrorCode::internal, std::to_string(count) + " patches are no square");
  at::Tensor grid = patches.reshape({-1, side, side, width});
  if (side % 2 == 1) grid = at::constant_pad_nd(grid, {0, 0, 0, 1, 0, 1});
  const std::int64_t half = (side + 1) / 2;
  const at::Tensor blocks = grid.reshape({-1, half, 2, half, 2, width});
  const at::Tensor ordered =
      order == BlockOrder::rows ? blocks.permute({0, 1, 3, 2, 4, 5}) : blocks.permute({0, 3, 1, 2, 4, 5});
  return ordered.reshape({-1, half * half, 4 * width});
}

VilaProjector::VilaProjector(std::int64_t vision_width, std::int64_t language_width, BlockOrder order)
    : order_(order),
      norm_(4 * vision_width, 1e-5),
      first_(4 * vision_width, language_width),
      second_(language_width, language_width) {}

void VilaProjector::declare(sdk::nn::ParameterList& list) {
  norm_.declare(list, "layers.1");
  first_.declare(list, "mm_projector.layers.2", "layers.2.weight", "layers.2.bias");
  second_.declare(list, "mm_projector.layers.4", "layers.4.weight", "layers.4.bias");
}

at::Tensor VilaProjector::forward(const at::Tensor& patches) const {
  const at::Tensor hidden = first_.forward(norm_.forward(merge_blocks(patches, order_)));
  return second_.forward(sdk::nn::activate(hidden, sdk::nn::Activation::gelu));
}

}  // namespace medvlm::vila
