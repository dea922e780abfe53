// Optimizer, schedules and initial values against numbers of PyTorch and transformers.
#include <ATen/ATen.h>

#include "checks.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/train/adamw.hpp"
#include "medvlm/sdk/train/linear_head.hpp"
#include "medvlm/sdk/train/schedule.hpp"
#include "temporary_folder.hpp"

using namespace medvlm;
using namespace medvlm::sdk::train;

namespace {

/// One step down p^3, clipped at length 2.
void descend(at::Tensor& p, AdamW& optimizer) {
  optimizer.zero_grad();
  p.pow(3).sum().backward();
  clip_gradients(optimizer.parameters(), 2);
  optimizer.step(0.1);
}

}  // namespace

TEST_CASE("AdamW with decay and clipping goes where PyTorch's goes") {
  const float expected[3][3] = {{0.889999986F, -2.07999992F, 0.395000011F},
                                {0.782924771F, -2.15923643F, 0.295615345F},
                                {0.680085301F, -2.23772025F, 0.204980299F}};
  at::Tensor p = at::tensor({1.0F, -2.0F, 0.5F}).requires_grad_(true);
  AdamW optimizer({p}, {0.1});
  for (const auto& row : expected) {
    descend(p, optimizer);
    CHECK(at::allclose(p, at::tensor({row[0], row[1], row[2]}), 1e-6, 1e-7));
  }
}

TEST_CASE("AdamW goes on from its saved state with the same bits, and refuses another's") {
  at::Tensor p = at::tensor({1.0F, -2.0F, 0.5F}).requires_grad_(true);
  AdamW optimizer({p}, {0.1});
  descend(p, optimizer);
  sdk::WeightMap state;
  optimizer.save(state, "o.");
  for (auto& [name, tensor] : state) tensor = tensor.clone();
  at::Tensor q = p.detach().clone().requires_grad_(true);
  descend(p, optimizer);
  AdamW resumed({q}, {0.1});
  resumed.load(state, "o.");
  descend(q, resumed);
  CHECK(at::equal(p, q));
  AdamW other({at::zeros({2}).requires_grad_(true)});
  CHECK_THROWS_AS(other.load(state, "o."), Error);
}

TEST_CASE("a parameter without gradient is neither moved nor decayed") {
  at::Tensor used = at::ones({1}).requires_grad_(true), unused = at::ones({1}).requires_grad_(true);
  AdamW optimizer({used, unused}, {0.5});
  used.sum().backward();
  optimizer.step(0.1);
  CHECK(used.item<float>() < 1);
  CHECK(unused.item<float>() == 1);
}

TEST_CASE("clipping measures the norm over all parameters and scales only what is too long") {
  at::Tensor a = at::zeros({1}).requires_grad_(true), b = at::zeros({1}).requires_grad_(true);
  (3 * a + 4 * b).sum().backward();
  const std::vector<at::Tensor> both{a, b};
  CHECK(clip_gradients(both, 0) == doctest::Approx(5));
  CHECK(clip_gradients(both, 10) == doctest::Approx(5));
  CHECK(a.grad().item<float>() == 3);
  CHECK(clip_gradients(both, 1) == doctest::Approx(5));
  CHECK(clip_gradients(both, 0) == doctest::Approx(1).epsilon(1e-5));
}

TEST_CASE("schedules are those of transformers") {
  const double linear[] = {0, 1 / 3., 2 / 3., 1, 6 / 7., 5 / 7., 4 / 7., 3 / 7., 2 / 7., 1 / 7., 0};
  const double cosine[] = {0,           1 / 3.,      2 / 3.,      1, 0.950484434, 0.811744901, 0.611260467,
                           0.388739533, 0.188255099, 0.049515566, 0};
  for (int step = 0; step <= 10; ++step) {
    CHECK(Schedule{Decay::linear, 10, 3}.factor(step) == doctest::Approx(linear[step]));
    CHECK(Schedule{Decay::cosine, 10, 3}.factor(step) == doctest::Approx(cosine[step]));
    CHECK(Schedule{Decay::constant, 10, 3}.factor(step) == doctest::Approx(std::min(1.0, step / 3.)));
  }
  CHECK(decay_from_name("cosine") == Decay::cosine);
  CHECK_THROWS_AS(decay_from_name("cosin"), Error);
}

TEST_CASE("a head starts as torch.nn.Linear does after torch.manual_seed") {
  const LinearHead head = LinearHead::initial(2, 3, seeded_generator(7));
  const at::Tensor weight =
      at::tensor({0.0403250754F, -0.347792119F, 0.183841825F, 0.181161284F, -0.308580369F, -0.0865316316F});
  CHECK(at::equal(head.weight.flatten(), weight));
  CHECK(at::equal(head.bias, at::tensor({-0.338227928F, 0.149806648F})));
}

TEST_CASE("a head comes back from its file; one that does not fit itself is refused") {
  const test::TemporaryFolder folder;
  const LinearHead head = LinearHead::initial(2, 3, seeded_generator(7));
  head.save(folder.path() / "head.safetensors");
  CHECK(at::equal(LinearHead::load(folder.path() / "head.safetensors").weight, head.weight));
  LinearHead{head.weight, at::zeros({3})}.save(folder.path() / "bad.safetensors");
  CHECK_THROWS_WITH_AS(LinearHead::load(folder.path() / "bad.safetensors"), doctest::Contains("do not fit"), Error);
}
