// The rate of the machine's float32 matrix product at the sizes of a ViT-B/32 with 32 images. Prints JSON: GFLOP/s of
// LibTorch's default product and of the one that the SDK uses.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include <ATen/ATen.h>

#include "medvlm/sdk/nn/layers.hpp"

namespace {

template <typename Product>
double best_seconds(Product product) {
  double best = 1e9;
  for (int i = 0; i < 12; ++i) {
    const auto start = std::chrono::steady_clock::now();
    product();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

}  // namespace

int main() {
  const c10::InferenceMode frozen;
  // Rows, inner size, columns, and how often a block has such a product.
  struct Shape { std::int64_t rows, inner, columns; double count; };
  constexpr std::array kShapes = {Shape{1600, 768, 768, 4}, Shape{1600, 768, 3072, 1}, Shape{1600, 3072, 768, 1}};
  double work = 0, standard = 0, ours = 0;
  for (const Shape& shape : kShapes) {
    const at::Tensor x = at::randn({shape.rows, shape.inner}), w = at::randn({shape.columns, shape.inner}), b = at::randn({shape.columns});
    work += 2.0 * double(shape.rows * shape.inner * shape.columns) * shape.count;
    standard += shape.count * best_seconds([&] { at::linear(x, w, b); });
    ours += shape.count * best_seconds([&] { medvlm::sdk::nn::linear(x, w, b); });
  }
  std::printf("{\"default_gflops\": %.1f, \"sdk_gflops\": %.1f}\n", work / standard / 1e9, work / ours / 1e9);
}
