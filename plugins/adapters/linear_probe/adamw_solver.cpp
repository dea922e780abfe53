#include "adamw_solver.hpp"

#include <ATen/ATen.h>

#include "medvlm/base/random.hpp"
#include "medvlm/sdk/train/adamw.hpp"
#include "medvlm/sdk/train/classification.hpp"
#include "medvlm/sdk/train/folds.hpp"

namespace medvlm::linear_probe {

using namespace sdk::train;

std::vector<double> train_head(LinearHead& head, LabelKind kind, const LabelledFeatures& data, const AdamWRun& run) {
  const std::int64_t n = data.features.size(0);
  const std::int64_t steps_per_epoch = (n + run.batch_size - 1) / run.batch_size;
  const Schedule schedule{run.decay, run.epochs * steps_per_epoch, 0};
  head.weight = head.weight.clone().requires_grad_(true);
  head.bias = head.bias.clone().requires_grad_(true);
  AdamW optimizer({head.weight, head.bias}, {run.weight_decay});
  const at::Tensor weights = label_weights(kind, data.labels, run.class_weights);
  std::vector<double> history;
  std::int64_t step = 0;
  for (std::int64_t epoch = 0; epoch < run.epochs; ++epoch) {
    const at::Tensor order = at::tensor(run.order(epoch), at::kLong);
    double loss_of_epoch = 0, weight_of_epoch = 0;
    for (std::int64_t first = 0; first < n; first += run.batch_size, ++step) {
      const at::Tensor rows = order.narrow(0, first, std::min(run.batch_size, n - first));
      const at::Tensor batch_weights = weights.index_select(0, rows);
      const double total = batch_weights.sum().item<double>();
      if (!(total > 0)) continue;  // no known finding in the batch
      const at::Tensor sum = loss_sum(kind, head.logits(data.features.index_select(0, rows)),
                                      data.labels.index_select(0, rows), batch_weights);
      optimizer.zero_grad();
      (sum / total).backward();
      clip_gradients(optimizer.parameters(), run.max_grad_norm);
      optimizer.step(run.lr * schedule.factor(step));
      loss_of_epoch += sum.item<double>();
      weight_of_epoch += total;
    }
    history.push_back(loss_of_epoch / weight_of_epoch);
    if (run.checkpoint) run.checkpoint();
  }
  head.weight = head.weight.detach();
  head.bias = head.bias.detach();
  return history;
}

namespace {

/// Mean and deviation of each feature, folded into a head afterwards.
struct Standardisation {
  at::Tensor mean, scale;

  explicit Standardisation(const at::Tensor& features) {
    mean = features.to(at::kDouble).mean(0);
    const at::Tensor deviation = features.to(at::kDouble).std(0, false);
    scale = at::where(deviation > 1e-12 * mean.abs(), 1 / deviation, at::ones_like(deviation));
  }
  at::Tensor apply(const at::Tensor& features) const { return ((features - mean) * scale).to(features.scalar_type()); }
  /// The head for features as they are.
  LinearHead undo(const LinearHead& head) const {
    LinearHead plain{head.weight.to(at::kDouble) * scale, {}};
    plain.bias = head.bias.to(at::kDouble) - at::mv(plain.weight, mean);
    return plain;
  }
};

}  // namespace

TrainedProbe solve_adamw(const ProbeData& data, const ProbeOptions& options, const std::function<void()>& checkpoint) {
  const LabelKind kind = data.dataset->labels;
  const auto classes = static_cast<std::int64_t>(data.dataset->classes.size());
  LabelledFeatures train = data.train;
  std::optional<Standardisation> standardisation;
  if (options.standardise) {
    standardisation.emplace(train.features);
    train.features = standardisation->apply(train.features);
  }
  AdamWRun run{
      options.lr, options.weight_decay, options.max_grad_norm, options.decay, options.epochs, options.batch_size, {}, {},
      checkpoint};
  if (options.class_weights) run.class_weights = balanced_weights(class_counts(kind, classes, train.labels));
  const std::uint64_t seed = derive_seed(data.seed, "linear_probe");
  run.order = [&](std::int64_t epoch) { return epoch_order(train.features.size(0), seed, epoch); };
  TrainedProbe probe;
  probe.head = LinearHead::initial(classes, train.features.size(1), seeded_generator(data.seed));
  const std::vector<double> losses = train_head(probe.head, kind, train, run);
  if (standardisation) probe.head = standardisation->undo(probe.head);
  probe.report = {{"epochs", options.epochs}, {"losses", losses}};
  return probe;
}

}  // namespace medvlm::linear_probe
