#include "lbfgs_solver.hpp"

#include <limits>

#include <ATen/ATen.h>

#include "medvlm/base/error.hpp"
#include "medvlm/base/log.hpp"
#include "strength.hpp"

namespace medvlm::linear_probe {
namespace {

using json = nlohmann::ordered_json;

/// All rows in float64: those to train on and, behind them, those of the validation split.
struct Rows {
  at::Tensor features, labels;
  at::Tensor train;         ///< bool [n]
  std::vector<Fold> folds;
};

Rows gather(const ProbeData& data) {
  Rows rows;
  const std::int64_t n = data.train.features.size(0);
  if (data.validation.features.defined()) {
    rows.features = at::cat({data.train.features, data.validation.features}).to(at::kDouble);
    rows.labels = at::cat({data.train.labels, data.validation.labels});
    rows.train = at::arange(rows.features.size(0)) < n;
    rows.folds = {{rows.train, rows.train.logical_not()}};
    return rows;
  }
  rows.features = data.train.features.to(at::kDouble);
  rows.labels = data.train.labels;
  rows.train = at::ones({n}, at::kBool);
  const at::Tensor fold = at::tensor(data.folds, at::kInt);
  for (int i = 0; i <= fold.max().item<int>(); ++i) rows.folds.push_back({fold != i, fold == i});
  return rows;
}

/// A head of one question and what is told about it.
struct Answer {
  at::Tensor weight, bias;
  json report = json::object();
};

Answer solve_question(const Rows& rows, const Question& question, const ProbeOptions& options, const std::string& subject) {
  Answer answer;
  double strength = options.strengths.front();
  if (options.strengths.size() > 1) {
    const auto scores = score_strengths(rows.features, question, rows.folds, options.strengths, options.class_weights,
                                        options.standardise, options.max_iterations);
    if (scores.front().losses.empty()) {
      throw Error(ErrorCode::config, "C cannot be chosen for " + subject + ": in no fold are all classes on the side to " +
                                         "fit and samples on the other; give one value in `strengths`, or fewer `folds`");
    }
    strength = best_strength(scores);
    for (const StrengthScore& score : scores) {
      answer.report["validation"].push_back(
          {{"strength", score.strength}, {"log_loss", score.mean()}, {"folds", score.losses}});
    }
  }
  const at::Tensor part = rows.train & question.known;
  const LogisticProblem problem{rows.features, question.labels, fit_weights(question, part, options.class_weights),
                                question.classes, options.standardise};
  const LogisticFit fit = fit_logistic(problem, strength, options.max_iterations);
  if (!fit.converged) {
    log(LogLevel::warning, "linear_probe: the fit for " + subject + " did not converge in " +
                               std::to_string(fit.iterations) + " iterations; raise max_iterations or lower C");
  }
  answer.weight = fit.weight;
  answer.bias = fit.bias;
  json story = {{"strength", strength}, {"loss", fit.loss}, {"iterations", fit.iterations}, {"converged", fit.converged}};
  story.update(answer.report);
  answer.report = std::move(story);
  return answer;
}

/// Classes without a sample get probability 0; the others are fitted among themselves.
TrainedProbe solve_classes(const ProbeData& data, const Rows& rows, const ProbeOptions& options) {
  const auto classes = static_cast<std::int64_t>(data.dataset->classes.size());
  const at::Tensor present = at::bincount(rows.labels.masked_select(rows.train), {}, classes) > 0;
  const at::Tensor index = present.nonzero().squeeze(1);
  const at::Tensor renumbered = at::cumsum(present.to(at::kLong), 0) - 1;
  Question question;
  question.known = present.index_select(0, rows.labels);
  question.labels = renumbered.index_select(0, rows.labels).clamp_min(0);
  question.classes = index.size(0);
  Answer answer = solve_question(rows, question, options, "'" + data.dataset->name + "'");
  TrainedProbe probe{{answer.weight, answer.bias}, answer.report};
  if (classes == 2) return probe;
  if (question.classes == 2) {  // one row of many classes' two
    probe.head.weight = at::cat({at::zeros_like(answer.weight), answer.weight});
    probe.head.bias = at::cat({at::zeros_like(answer.bias), answer.bias});
  }
  const at::Tensor weight = at::zeros({classes, rows.features.size(1)}, at::kDouble);
  const at::Tensor bias = at::full({classes}, -std::numeric_limits<double>::infinity(), at::kDouble);
  probe.head.weight = weight.index_copy(0, index, probe.head.weight);
  probe.head.bias = bias.index_copy(0, index, probe.head.bias);
  for (std::int64_t c = 0; c < classes; ++c) {
    if (present[c].item<bool>()) continue;
    const std::string& name = data.dataset->classes[std::size_t(c)].name;
    log(LogLevel::warning,
        "linear_probe: the train split has no sample of class '" + name + "'; its probability is always 0");
    probe.report["classes_without_samples"].push_back(name);
  }
  return probe;
}

/// A finding that is always there, or never, gets its smoothed frequency.
Answer constant_answer(std::int64_t absent, std::int64_t present, std::int64_t width) {
  const double odds = (double(present) + 1) / (double(absent) + 1);
  return {at::zeros({1, width}, at::kDouble), at::full({1}, std::log(odds), at::kDouble), {{"constant", true}}};
}

TrainedProbe solve_findings(const ProbeData& data, const Rows& rows, const ProbeOptions& options,
                            const std::function<void()>& checkpoint) {
  std::vector<at::Tensor> weights, biases;
  json findings = json::object();
  for (std::size_t c = 0; c < data.dataset->classes.size(); ++c) {
    checkpoint();
    const std::string& name = data.dataset->classes[c].name;
    const at::Tensor column = rows.labels.select(1, std::int64_t(c));
    const Question question{column.clamp_min(0), column >= 0, 2};
    const at::Tensor known = column.masked_select(rows.train);
    const auto absent = (known == 0).sum().item<std::int64_t>(), present = (known == 1).sum().item<std::int64_t>();
    Answer answer;
    if (absent == 0 || present == 0) {
      log(LogLevel::warning, "linear_probe: finding '" + name + "' is " + (present ? "always" : "never") +
                                 " there in the train split; its probability is constant");
      answer = constant_answer(absent, present, rows.features.size(1));
    } else {
      answer = solve_question(rows, question, options, "finding '" + name + "'");
    }
    weights.push_back(answer.weight);
    biases.push_back(answer.bias);
    findings[name] = std::move(answer.report);
  }
  return {{at::cat(weights), at::cat(biases)}, {{"findings", std::move(findings)}}};
}

}  // namespace

TrainedProbe solve_lbfgs(const ProbeData& data, const ProbeOptions& options, const std::function<void()>& checkpoint) {
  const Rows rows = gather(data);
  checkpoint();
  if (data.dataset->labels == LabelKind::multilabel) return solve_findings(data, rows, options, checkpoint);
  return solve_classes(data, rows, options);
}

}  // namespace medvlm::linear_probe
