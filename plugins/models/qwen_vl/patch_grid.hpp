// Where the patches of a picture lie, and which of them attend to each other.
#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

namespace medvlm::qwen_vl {

/// The patches of one picture, row by row of merged patches, those of one merged patch one after the other.
struct PatchGrid {
  std::int64_t rows = 0;     ///< of patches; a multiple of `merge`
  std::int64_t columns = 0;
  std::int64_t merge = 1;

  std::int64_t count() const { return rows * columns; }
  /// Row and column of every patch: [count, 2] int64.
  at::Tensor positions() const;
};

/// `windows` groups of `length` patches, one after the other; each attends only within itself.
struct WindowRun {
  std::int64_t windows = 0;
  std::int64_t length = 0;
};

/// Merged patches sorted by window. Windows at the right and lower edge may be smaller; those of one size follow each
/// other, so that they are computed together (the order of windows has no influence on the result).
struct WindowOrder {
  at::Tensor order;  ///< [merged patches] int64
  std::vector<WindowRun> runs;

  /// Windows of `side` merged patches a side.
  static WindowOrder of(const PatchGrid& grid, std::int64_t side);
};

}  // namespace medvlm::qwen_vl
