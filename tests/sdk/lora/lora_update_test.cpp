// The arithmetic of one update, dropout and checkpointed blocks.
#include <memory>

#include "checks.hpp"
#include "layers.hpp"
#include "medvlm/sdk/lora/lora_update.hpp"
#include "medvlm/sdk/nn/checkpointing.hpp"

using namespace medvlm;
using namespace medvlm::sdk::lora;

namespace {

at::Tensor numbers(at::IntArrayRef shape, double offset) {
  return (at::arange(c10::multiply_integers(shape), at::kFloat) * 0.37 + offset).sin().view(shape);
}

}  // namespace

TEST_CASE("a linear update adds scaling * B A x, and merging gives the same") {
  const at::Tensor a = numbers({3, 4}, 0), b = numbers({6, 3}, 1), weight = numbers({6, 4}, 2), x = numbers({2, 5, 4}, 3);
  LoraUpdate update(LayerKind::linear, a, b, 0.5, 0, std::make_shared<Dropout>());
  const at::Tensor output = at::linear(x, weight);
  const at::Tensor expected = at::matmul(x, (weight + 0.5 * at::matmul(b, a)).t());
  CHECK(at::allclose(update.forward(x, output), expected, 1e-5, 1e-6));
  CHECK(at::allclose(at::linear(x, update.merged(weight)), expected, 1e-5, 1e-6));
}

TEST_CASE("an embedding update looks A up, and merging gives the same") {
  const at::Tensor a = numbers({2, 7}, 0), b = numbers({4, 2}, 1), weight = numbers({7, 4}, 2);
  const at::Tensor index = at::tensor({6, 0, 3}, at::kLong);
  LoraUpdate update(LayerKind::embedding, a, b, 2, 0, std::make_shared<Dropout>());
  const at::Tensor changed = update.forward(index, at::embedding(weight, index));
  CHECK(at::allclose(changed, at::embedding(weight + 2 * at::matmul(b, a).t(), index), 1e-5, 1e-6));
  CHECK(at::allclose(changed, at::embedding(update.merged(weight), index), 1e-5, 1e-6));
}

TEST_CASE("dropout falls on the input of A while training, scales what it keeps, and depends on step and layer alone") {
  auto dropout = std::make_shared<Dropout>(Dropout{0.25, true, 11, 1});
  const at::Tensor one = at::ones({1, 4000}), zero = at::zeros({1, 1}), ones = at::ones({1, 1});
  LoraUpdate first(LayerKind::linear, one, ones, 1, 0, dropout), second(LayerKind::linear, one, ones, 1, 1, dropout);
  const at::Tensor x = at::ones({1, 4000});
  const double sum = first.forward(x, zero).item<double>();
  CHECK(sum == doctest::Approx(4000).epsilon(0.1));
  CHECK(sum != 4000);
  CHECK(first.forward(x, zero).item<double>() == sum);
  CHECK_FALSE(at::equal(first.forward(x, zero), second.forward(x, zero)));
  dropout->step = 2;
  CHECK(first.forward(x, zero).item<double>() != sum);
  dropout->active = false;
  CHECK(first.forward(x, zero).item<double>() == 4000);
}

TEST_CASE("a 16-bit layer keeps its type, and its update is computed in float32") {
  const at::Tensor a = numbers({3, 4}, 0), b = numbers({6, 3}, 1), x = numbers({5, 4}, 3).to(at::kBFloat16);
  LoraUpdate update(LayerKind::linear, a, b, 1, 0, std::make_shared<Dropout>());
  const at::Tensor change = update.forward(x, at::zeros({5, 6}, at::kBFloat16));
  CHECK((change.scalar_type() == at::kBFloat16));
  CHECK(at::equal(change, at::linear(at::linear(x.to(at::kFloat), a), b).to(at::kBFloat16)));
  CHECK((update.merged(numbers({6, 4}, 2).to(at::kHalf)).scalar_type() == at::kHalf));
}

TEST_CASE("a checkpointed block has the gradients of the plain one, for its input and for what it holds") {
  const at::Tensor weight = numbers({4, 4}, 1).requires_grad_(true);
  const at::Tensor x = numbers({3, 4}, 0);
  int runs = 0;
  const auto block = [&](const at::Tensor& in) {
    ++runs;
    return at::tanh(at::linear(in, weight));
  };
  at::Tensor plain = x.clone().requires_grad_(true), kept = x.clone().requires_grad_(true);
  sdk::nn::checkpointed(block, plain).square().sum().backward();
  CHECK(runs == 1);  // not wanted
  const at::Tensor expected = weight.grad().clone();
  weight.mutable_grad().reset();
  const sdk::nn::GradientCheckpointing on(true);
  runs = 0;
  sdk::nn::checkpointed(block, kept).square().sum().backward();
  CHECK(runs == 2);
  CHECK(at::allclose(weight.grad(), expected));
  CHECK(at::allclose(kept.grad(), plain.grad()));
  weight.mutable_grad().reset();
  runs = 0;
  sdk::nn::checkpointed(block, x).square().sum().backward();
  CHECK(runs == 1);  // nothing before it is trained
  CHECK(at::allclose(weight.grad(), expected));
}
