// VILA's mlp_downsample: four neighbouring patches become one token, and a small network brings it to the decoder's
// width.
#pragma once

#include <string_view>

#include "medvlm/sdk/nn/layers.hpp"

namespace medvlm::vila {

/// In which order the 2x2 blocks of an image become tokens.
enum class BlockOrder {
  rows,     ///< VILA's code since NVILA, which the original benchmark runs
  columns,  ///< VILA's code before, as it was when VILA-1.5 was published
};
/// "rows" or "columns", the values of the option `block_order`. Throws Error(config).
BlockOrder block_order_from_name(std::string_view name);

/// [n, side^2, width] -> [n, ceil(side / 2)^2, 4 * width]: the patches of each 2x2 block one after the other, row by
/// row. Where the side is odd, a row and a column of zeros follow the last. Throws Error(internal) if the patches are
/// no square.
at::Tensor merge_blocks(const at::Tensor& patches, BlockOrder order);

/// The network after it: norm, linear, GELU (exact), linear.
class VilaProjector {
 public:
  VilaProjector(std::int64_t vision_width, std::int64_t language_width, BlockOrder order);
  /// Declares `layers.1`, `layers.2` and `layers.4`; adapters call the linear ones `mm_projector.layers.N`.
  void declare(sdk::nn::ParameterList& list);
  /// [n, patches, vision width] -> [n, tokens, language width]
  at::Tensor forward(const at::Tensor& patches) const;

 private:
  BlockOrder order_;
  sdk::nn::LayerNorm norm_;
  sdk::nn::Linear first_, second_;
};

}  // namespace medvlm::vila
