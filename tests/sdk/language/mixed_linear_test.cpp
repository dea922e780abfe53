// Linear layers whose weights stay in 16 bits give what widened weights give.
#include <ATen/ATen.h>

#include "checks.hpp"
#include "medvlm/sdk/nn/layers.hpp"

using namespace medvlm;

TEST_CASE("narrow weights give the result of the widened ones, for few rows and for many") {
  at::manual_seed(7);
  for (const auto dtype : {at::kBFloat16, at::kHalf}) {
    for (const std::int64_t in : {1, 7, 16, 33, 100, 4100}) {
      const at::Tensor weight = at::randn({37, in}).to(dtype);
      const at::Tensor bias = at::randn({37}).to(dtype);
      for (const std::int64_t rows : {1, 2, 3, 4, 5, 8, 9, 40}) {
        CAPTURE(in);
        CAPTURE(rows);
        const at::Tensor x = at::randn({rows, in});
        const at::Tensor expected = at::addmm(bias.to(at::kDouble), x.to(at::kDouble), weight.to(at::kDouble).t());
        const at::Tensor actual = sdk::nn::linear(x, weight, bias);
        REQUIRE((actual.scalar_type() == at::kFloat));
        REQUIRE(actual.sizes() == at::IntArrayRef({rows, 37}));
        CHECK(at::allclose(actual.to(at::kDouble), expected, 1e-4, 1e-4 * std::sqrt(double(in))));
      }
    }
  }
}

TEST_CASE("more outputs than are widened together, and leading dimensions") {
  at::manual_seed(8);
  const at::Tensor weight = at::randn({300, 16384}).to(at::kBFloat16);  // several blocks
  const at::Tensor x = at::randn({2, 10, 16384});
  const at::Tensor actual = sdk::nn::linear(x, weight, {});
  REQUIRE(actual.sizes() == at::IntArrayRef({2, 10, 300}));
  CHECK(at::allclose(actual, at::matmul(x, weight.to(at::kFloat).t()), 1e-4, 1e-2));
}

TEST_CASE("not a number and infinity pass through") {
  at::Tensor weight = at::zeros({2, 16}).to(at::kBFloat16);
  weight[0][3] = std::numeric_limits<float>::infinity();
  const at::Tensor y = sdk::nn::linear(at::ones({1, 16}), weight, {});
  CHECK(y[0][0].isinf().item<bool>());
  CHECK(y[0][1].item<float>() == 0);
}

TEST_CASE("gradients flow through narrow weights to the input") {
  const at::Tensor weight = at::randn({3, 5}).to(at::kBFloat16);
  const at::Tensor x = at::randn({2, 5}).requires_grad_(true);
  sdk::nn::linear(x, weight, {}).sum().backward();
  REQUIRE(x.grad().defined());
  CHECK(at::allclose(x.grad(), weight.to(at::kFloat).sum(0).expand({2, 5})));
}
