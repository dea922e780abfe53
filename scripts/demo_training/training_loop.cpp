#include "training_loop.hpp"

#include <cstdio>
#include <numeric>
#include <string>
#include <utility>

#include <ATen/ATen.h>

#include "medvlm/sdk/train/adamw.hpp"
#include "medvlm/sdk/train/schedule.hpp"

namespace medvlm::demo {

void run_epochs(const TrainingPlan& plan, const std::vector<at::Tensor>& weights, const BatchLoss& loss_of) {
  sdk::train::AdamW optimizer(weights, {plan.weight_decay, 0.9, 0.98, 1e-6});
  const std::int64_t steps = plan.pictures / plan.batch * plan.epochs;
  const sdk::train::Schedule schedule{sdk::train::Decay::cosine, steps, steps / 20};
  const auto batch = static_cast<std::size_t>(plan.batch);
  std::vector<std::size_t> order(static_cast<std::size_t>(plan.pictures));
  std::iota(order.begin(), order.end(), 0U);
  std::int64_t step = 0;
  for (std::int64_t epoch = 0; epoch < plan.epochs; ++epoch) {
    Splitmix64 random(derive_seed(plan.seed, "epoch:" + std::to_string(epoch)));
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(std::uint32_t(i))]);
    double sum = 0;
    std::int64_t batches = 0;
    for (std::size_t first = 0; first + batch <= order.size(); first += batch, ++step) {
      optimizer.zero_grad();
      const at::Tensor loss = loss_of(std::span(order).subspan(first, batch), random);
      loss.backward();
      sdk::train::clip_gradients(optimizer.parameters(), 1.0);
      optimizer.step(plan.learning_rate * schedule.factor(step));
      sum += loss.item<double>();
      ++batches;
    }
    std::fprintf(stderr, "epoch %lld: loss %.4f\n", static_cast<long long>(epoch + 1), sum / double(batches));
  }
}

}  // namespace medvlm::demo
