#include "medvlm/sdk/train/adamw.hpp"

#include <cmath>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "medvlm/base/error.hpp"

namespace medvlm::sdk::train {
namespace {

const at::Tensor& entry(const WeightMap& state, const std::string& name, at::IntArrayRef shape) {
  const auto found = state.find(name);
  if (found == state.end() || found->second.sizes() != shape) {
    throw Error(ErrorCode::checkpoint, "the optimizer's state '" + name + "' is missing or of another shape; " +
                                           "start the training over");
  }
  return found->second;
}

}  // namespace

AdamW::AdamW(std::vector<at::Tensor> parameters, AdamWOptions options)
    : parameters_(std::move(parameters)), options_(options), steps_(parameters_.size(), 0) {
  for (const at::Tensor& parameter : parameters_) {
    first_.push_back(at::zeros_like(parameter));
    second_.push_back(at::zeros_like(parameter));
  }
}

void AdamW::zero_grad() {
  for (at::Tensor& parameter : parameters_) parameter.mutable_grad().reset();
}

void AdamW::step(double learning_rate) {
  const c10::NoGradGuard no_grad;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const at::Tensor& gradient = parameters_[i].grad();
    if (!gradient.defined()) continue;
    const auto count = static_cast<double>(++steps_[i]);
    parameters_[i].mul_(1 - learning_rate * options_.weight_decay);
    first_[i].lerp_(gradient, 1 - options_.beta1);
    second_[i].mul_(options_.beta2).addcmul_(gradient, gradient, 1 - options_.beta2);
    const double correction1 = 1 - std::pow(options_.beta1, count);
    const double correction2 = 1 - std::pow(options_.beta2, count);
    const at::Tensor scale = (second_[i].sqrt() / std::sqrt(correction2)).add_(options_.epsilon);
    parameters_[i].addcdiv_(first_[i], scale, -learning_rate / correction1);
  }
}

void AdamW::save(WeightMap& state, const std::string& prefix) const {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    state[prefix + "first." + std::to_string(i)] = first_[i];
    state[prefix + "second." + std::to_string(i)] = second_[i];
  }
  state[prefix + "steps"] = at::tensor(steps_, at::kLong);
}

void AdamW::load(const WeightMap& state, const std::string& prefix) {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    first_[i].copy_(entry(state, prefix + "first." + std::to_string(i), first_[i].sizes()));
    second_[i].copy_(entry(state, prefix + "second." + std::to_string(i), second_[i].sizes()));
  }
  const at::Tensor steps = entry(state, prefix + "steps", {std::int64_t(steps_.size())});
  for (std::size_t i = 0; i < steps_.size(); ++i) steps_[i] = steps[std::int64_t(i)].item<std::int64_t>();
}

double clip_gradients(std::span<const at::Tensor> parameters, double limit) {
  std::vector<at::Tensor> norms;
  for (const at::Tensor& parameter : parameters) {
    if (parameter.grad().defined()) norms.push_back(parameter.grad().norm());
  }
  if (norms.empty()) return 0;
  const at::Tensor norm = at::stack(norms).norm();
  if (limit > 0) {
    const at::Tensor factor = (limit / (norm + 1e-6)).clamp_max(1.0);
    for (const at::Tensor& parameter : parameters) {
      if (parameter.grad().defined()) parameter.grad().mul_(factor);
    }
  }
  return norm.item<double>();
}

}  // namespace medvlm::sdk::train
