#include "objective.hpp"

#include <ATen/ATen.h>

#include "medvlm/base/log.hpp"
#include "medvlm/sdk/train/classification.hpp"

namespace medvlm::lora {

std::optional<double> LabelObjective::weight(const Batch& batch) const {
  return sdk::train::label_weights(kind_, batch.labels, class_weights_).sum().item<double>();
}

Loss LabelObjective::loss(const Batch& batch, std::int64_t first, std::int64_t count) {
  const at::Tensor weights = sdk::train::label_weights(kind_, batch.labels, class_weights_).narrow(0, first, count);
  const at::Tensor logits = classifier_.logits(std::span(batch.images).subspan(std::size_t(first), std::size_t(count)));
  const at::Tensor wide = logits.scalar_type() == at::kDouble ? logits : logits.to(at::kFloat);
  const at::Tensor labels = batch.labels.narrow(0, first, count).to(logits.device());
  return {sdk::train::loss_sum(kind_, wide, labels, weights), weights.sum().item<double>(), 0};
}

std::vector<std::pair<std::string, at::Tensor>> LabelObjective::parameters() const {
  if (!classifier_.head()) return {};
  return {{"head.weight", classifier_.head()->weight}, {"head.bias", classifier_.head()->bias}};
}

Loss AnswerObjective::loss(const Batch& batch, std::int64_t first, std::int64_t count) {
  std::vector<TaughtQuestion> questions;
  for (auto i = std::size_t(first); i < std::size_t(first + count); ++i) {
    const Sample& sample = *batch.samples[i];
    questions.push_back({questioning_.question(sample, batch.images[i], seed_), sample.answer});
  }
  const AnswerLoss answers = answerer_.answer_loss(questions);
  Loss loss{answers.sum, double(answers.tokens), 0};
  for (std::size_t i = 0; i < answers.errors.size(); ++i) {
    if (!answers.errors[i]) continue;
    ++loss.failed;
    log(LogLevel::warning, "left out of training: '" + batch.samples[std::size_t(first) + i]->id + "': " +
                               answers.errors[i]->message);
  }
  return loss;
}

}  // namespace medvlm::lora
