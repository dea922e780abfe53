#include "swin_block.hpp"

#include <ATen/ATen.h>

namespace medvlm::medclip {
namespace {

/// The reference gives these norms no epsilon of the config.
constexpr double kDefaultEpsilon = 1e-5;
/// Added to the score of two tokens that are neighbours only because the grid was rolled.
constexpr double kNotNeighbours = -100;

/// [n, h, w, c] -> [n, windows, window^2, c]; the window divides h and w.
at::Tensor into_windows(const at::Tensor& x, std::int64_t window) {
  const std::int64_t n = x.size(0);
  const std::int64_t rows = x.size(1) / window;
  const std::int64_t columns = x.size(2) / window;
  return x.reshape({n, rows, window, columns, window, x.size(3)})
      .transpose(2, 3)
      .reshape({n, rows * columns, window * window, x.size(3)});
}

/// The way back.
at::Tensor from_windows(const at::Tensor& x, std::int64_t window, std::int64_t height, std::int64_t width) {
  const std::int64_t n = x.size(0);
  return x.reshape({n, height / window, width / window, window, window, x.size(3)})
      .transpose(2, 3)
      .reshape({n, height, width, x.size(3)});
}

/// 0, 1 or 2 for each place along a side: what the roll brought next to each other has different numbers.
at::Tensor regions(std::int64_t side, std::int64_t window, std::int64_t shift, const at::TensorOptions& options) {
  const at::Tensor place = at::arange(side, options.dtype(at::kLong));
  return place.ge(side - window).to(at::kLong) + place.ge(side - shift).to(at::kLong);
}

/// [windows, window^2, window^2]: 0 for neighbours, -100 for others.
at::Tensor shift_mask(std::int64_t height, std::int64_t width, std::int64_t window, std::int64_t shift,
                      const at::TensorOptions& options) {
  const at::Tensor rows = regions(height, window, shift, options).view({1, height, 1, 1});
  const at::Tensor columns = regions(width, window, shift, options).view({1, 1, width, 1});
  const at::Tensor region = into_windows(rows * 3 + columns, window).squeeze(0).squeeze(-1);
  const at::Tensor differs = region.unsqueeze(1).ne(region.unsqueeze(2));
  return at::zeros(differs.sizes(), options).masked_fill(differs, kNotNeighbours);
}

}  // namespace

WindowAttention::WindowAttention(std::int64_t width, std::int64_t heads, std::int64_t window, bool bias)
    : heads_(heads),
      window_(window),
      query_(width, width, bias),
      key_(width, width, bias),
      value_(width, width, bias),
      output_(width, width) {}

void WindowAttention::declare(sdk::nn::ParameterList& list, const std::string& name) {
  query_.declare(list, name + ".self.query");
  key_.declare(list, name + ".self.key");
  value_.declare(list, name + ".self.value");
  const std::int64_t offsets = 2 * window_ - 1;
  list.add(name + ".self.relative_position_bias_table", {offsets * offsets, heads_}, bias_table_);
  output_.declare(list, name + ".output.dense");
}

/// [heads, window^2, window^2]
at::Tensor WindowAttention::position_bias() const {
  const at::Tensor place = at::arange(window_ * window_, at::TensorOptions(at::kLong).device(bias_table_.device()));
  const at::Tensor row = place.div(window_, "floor");
  const at::Tensor column = place.remainder(window_);
  const auto offset = [&](const at::Tensor& at) { return at.unsqueeze(1) - at.unsqueeze(0) + (window_ - 1); };
  const at::Tensor index = offset(row) * (2 * window_ - 1) + offset(column);
  return bias_table_.index_select(0, index.flatten()).t().reshape({heads_, window_ * window_, window_ * window_});
}

at::Tensor WindowAttention::forward(const at::Tensor& x, const at::Tensor& mask) const {
  const std::int64_t n = x.size(0);
  const std::int64_t windows = x.size(1);
  const std::int64_t tokens = x.size(2);
  const std::int64_t width = x.size(3);
  // Windows and heads in one dimension: then one mask serves all images.
  const auto split = [&](const at::Tensor& projected) {
    return projected.view({n, windows, tokens, heads_, width / heads_})
        .transpose(2, 3)
        .reshape({n, windows * heads_, tokens, width / heads_});
  };
  at::Tensor bias = position_bias().unsqueeze(0);
  bias = mask.defined() ? bias + mask.unsqueeze(1) : bias.expand({windows, heads_, tokens, tokens});
  const at::Tensor mixed =
      at::scaled_dot_product_attention(split(query_.forward(x)), split(key_.forward(x)), split(value_.forward(x)),
                                       bias.reshape({1, windows * heads_, tokens, tokens}));
  return output_.forward(
      mixed.reshape({n, windows, heads_, tokens, width / heads_}).transpose(2, 3).reshape({n, windows, tokens, width}));
}

SwinBlock::SwinBlock(const SwinShape& shape, std::int64_t stage, std::int64_t index)
    : window_(shape.window),
      shift_(index % 2 == 1 && shape.grid(stage) > shape.window ? shape.window / 2 : 0),
      activation_(shape.activation),
      norm_before_(shape.width(stage), shape.epsilon),
      norm_after_(shape.width(stage), shape.epsilon),
      attention_(shape.width(stage), shape.heads[static_cast<std::size_t>(stage)], shape.window, shape.qkv_bias),
      up_(shape.width(stage), static_cast<std::int64_t>(shape.mlp_ratio * static_cast<double>(shape.width(stage)))),
      down_(static_cast<std::int64_t>(shape.mlp_ratio * static_cast<double>(shape.width(stage))), shape.width(stage)) {}

void SwinBlock::declare(sdk::nn::ParameterList& list, const std::string& name) {
  norm_before_.declare(list, name + ".layernorm_before");
  attention_.declare(list, name + ".attention");
  norm_after_.declare(list, name + ".layernorm_after");
  up_.declare(list, name + ".intermediate.dense");
  down_.declare(list, name + ".output.dense");
}

/// Attention over the grid. As in the reference, places added to fill the last windows take part with zeros.
at::Tensor SwinBlock::attend(const at::Tensor& x) const {
  const std::int64_t height = x.size(1);
  const std::int64_t width = x.size(2);
  const auto missing = [&](std::int64_t side) { return (window_ - side % window_) % window_; };
  at::Tensor grid = x;
  if (missing(height) > 0 || missing(width) > 0) {
    grid = at::constant_pad_nd(grid, {0, 0, 0, missing(width), 0, missing(height)});
  }
  const std::int64_t full_height = grid.size(1);
  const std::int64_t full_width = grid.size(2);
  at::Tensor mask;
  if (shift_ > 0) {
    grid = at::roll(grid, {-shift_, -shift_}, {1, 2});
    mask = shift_mask(full_height, full_width, window_, shift_, x.options().requires_grad(false));
  }
  grid = from_windows(attention_.forward(into_windows(grid, window_), mask), window_, full_height, full_width);
  if (shift_ > 0) grid = at::roll(grid, {shift_, shift_}, {1, 2});
  return grid.narrow(1, 0, height).narrow(2, 0, width);
}

at::Tensor SwinBlock::forward(const at::Tensor& x) const {
  const at::Tensor attended = x + attend(norm_before_.forward(x));
  const at::Tensor hidden = sdk::nn::activate(up_.forward(norm_after_.forward(attended)), activation_);
  return attended + down_.forward(hidden);
}

PatchMerging::PatchMerging(std::int64_t width)
    : norm_(4 * width, kDefaultEpsilon), reduction_(4 * width, 2 * width, false) {}

void PatchMerging::declare(sdk::nn::ParameterList& list, const std::string& name) {
  norm_.declare(list, name + ".norm");
  reduction_.declare(list, name + ".reduction");
}

at::Tensor PatchMerging::forward(const at::Tensor& x) const {
  const at::Tensor even = at::constant_pad_nd(x, {0, 0, 0, x.size(2) % 2, 0, x.size(1) % 2});
  const at::Tensor squares = even.view({even.size(0), even.size(1) / 2, 2, even.size(2) / 2, 2, even.size(3)});
  // Column by column: the upper left, lower left, upper right and lower right token.
  const at::Tensor joined = squares.permute({0, 1, 3, 4, 2, 5}).flatten(3);
  return reduction_.forward(norm_.forward(joined));
}

}  // namespace medvlm::medclip
