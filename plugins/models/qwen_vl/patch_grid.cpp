#include "patch_grid.hpp"

#include <array>

#include <ATen/ATen.h>

namespace medvlm::qwen_vl {
namespace {

/// A stretch of an axis that is cut into windows of one size.
struct Stretch {
  std::int64_t first;
  std::int64_t windows;
  std::int64_t side;
};

/// The whole windows of an axis, then the partial one at its end.
std::array<Stretch, 2> stretches(std::int64_t length, std::int64_t side) {
  const std::int64_t whole = length / side;
  const std::int64_t rest = length % side;
  return {{{0, whole, side}, {whole * side, rest > 0 ? 1 : 0, rest}}};
}

}  // namespace

at::Tensor PatchGrid::positions() const {
  const std::vector<std::int64_t> blocks = {rows / merge, columns / merge, merge, merge};
  const at::Tensor row = at::arange(rows, at::kLong).view({rows / merge, 1, merge, 1}).expand(blocks);
  const at::Tensor column = at::arange(columns, at::kLong).view({1, columns / merge, 1, merge}).expand(blocks);
  return at::stack({row.reshape(-1), column.reshape(-1)}, 1);
}

WindowOrder WindowOrder::of(const PatchGrid& grid, std::int64_t side) {
  const std::int64_t rows = grid.rows / grid.merge;
  const std::int64_t columns = grid.columns / grid.merge;
  const at::Tensor cells = at::arange(rows * columns, at::kLong).view({rows, columns});
  WindowOrder result;
  std::vector<at::Tensor> parts;
  for (const Stretch& down : stretches(rows, side)) {
    for (const Stretch& across : stretches(columns, side)) {
      if (down.windows * across.windows == 0) continue;
      const at::Tensor area = cells.narrow(0, down.first, down.windows * down.side)
                                  .narrow(1, across.first, across.windows * across.side)
                                  .reshape({down.windows, down.side, across.windows, across.side});
      parts.push_back(area.permute({0, 2, 1, 3}).reshape(-1));
      result.runs.push_back({down.windows * across.windows, down.side * across.side * grid.merge * grid.merge});
    }
  }
  result.order = at::cat(parts);
  return result;
}

}  // namespace medvlm::qwen_vl
