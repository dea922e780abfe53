// The linear probe against PyTorch's training and scikit-learn's optimum, from every golden folder that is found.
#include <numeric>

#include <ATen/ATen.h>

#include "linear_probe/adamw_solver.hpp"
#include "linear_probe/logistic_regression.hpp"
#include "medvlm/sdk/train/classification.hpp"
#include "trace.hpp"

namespace {

using namespace medvlm;

at::Tensor relative(const at::Tensor& actual, const at::Tensor& expected) {
  return ((actual - expected).abs() / expected.abs()).max();
}

/// The run with the settings of the JSON file, every batch all samples.
void check_run(const test::Trace& trace, const std::string& name, const nlohmann::json& settings) {
  const linear_probe::LabelledFeatures data{trace["features"], trace[settings.at("labels")]};
  sdk::train::LinearHead head{trace[name + ".init.weight"], trace[name + ".init.bias"]};
  const std::int64_t n = data.features.size(0), classes = head.bias.size(0);
  linear_probe::AdamWRun run;
  run.lr = settings.at("lr");
  run.weight_decay = settings.at("weight_decay");
  run.max_grad_norm = settings.at("max_grad_norm").is_null() ? 0.0 : settings.at("max_grad_norm").get<double>();
  run.decay = settings.at("schedule") == "constant" ? sdk::train::Decay::constant : sdk::train::Decay::linear;
  run.epochs = settings.at("steps");
  run.batch_size = n;
  const auto kind = classes == 2 ? LabelKind::binary : LabelKind::multiclass;
  if (settings.at("class_weighted")) {
    run.class_weights = sdk::train::balanced_weights(sdk::train::class_counts(kind, classes, data.labels));
  }
  run.order = [n](std::int64_t) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    return order;
  };
  const at::Tensor losses = at::tensor(linear_probe::train_head(head, kind, data, run), at::kDouble);
  trace.check(name + ".loss", losses);
  CHECK(relative(losses, trace[name + ".loss"].to(at::kDouble)).item<double>() < 1e-5);
  trace.check(name + ".final.weight", head.weight);
  trace.check(name + ".final.bias", head.bias);
  trace.check(name + ".final.logits", head.logits(data.features));
}

}  // namespace

TEST_CASE("there are goldens of linear probes") {
  if (!test::goldens_present("contrastive/adaptation")) return;
  CHECK_FALSE(test::adaptation_goldens("linear_probe.safetensors").empty());
}

TEST_CASE("AdamW gives PyTorch's losses and weights, step by step") {
  for (const auto& folder : test::adaptation_goldens("linear_probe.safetensors")) {
    const test::Trace trace(folder / "linear_probe");
    for (const auto& [name, settings] : trace.about().at("runs").items()) check_run(trace, name, settings);
  }
}

TEST_CASE("L-BFGS reaches scikit-learn's optimum") {
  for (const auto& folder : test::adaptation_goldens("linear_probe.safetensors")) {
    const test::Trace trace(folder / "linear_probe");
    const double strength = trace.about().at("logistic_regression").at("C");
    const at::Tensor features = trace["features"].to(at::kDouble);
    for (const std::string name : {"binary", "multiclass"}) {
      const at::Tensor labels = trace["labels_" + name];
      const at::Tensor weights = at::ones({labels.size(0)}, at::kDouble);
      const linear_probe::LogisticProblem problem{features, labels, weights, labels.max().item<std::int64_t>() + 1, false};
      const auto fit = linear_probe::fit_logistic(problem, strength, 10000);
      CHECK(fit.converged);
      trace.check("logreg." + name + ".coef", fit.weight);
      trace.check("logreg." + name + ".intercept", fit.bias);
      const at::Tensor logits = at::addmm(fit.bias, features, fit.weight.t());
      const auto kind = name == "binary" ? LabelKind::binary : LabelKind::multiclass;
      const at::Tensor probabilities = sdk::train::probabilities(kind, logits);
      CHECK((probabilities - trace["logreg." + name + ".proba"]).abs().max().item<double>() < 1e-4);
      // No lower value than the optimum, and no worse than scikit-learn's point by more than a millionth.
      const auto objective = [&](const at::Tensor& coefficients, const at::Tensor& intercepts) {
        const linear_probe::LogisticFit point{coefficients, intercepts, 0, 0, true, {}};
        return strength * double(labels.size(0)) * linear_probe::mean_log_loss(point, features, labels, weights) +
               0.5 * coefficients.square().sum().item<double>();
      };
      const double theirs = objective(trace["logreg." + name + ".coef"].to(at::kDouble),
                                      trace["logreg." + name + ".intercept"].to(at::kDouble));
      CHECK(objective(fit.weight, fit.bias) <= theirs * (1 + 1e-6));
    }
  }
}
