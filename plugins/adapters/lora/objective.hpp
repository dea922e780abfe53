// What a training makes smaller: the sum of the losses of some samples. One for labels, one for answers.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "classifier.hpp"
#include "medvlm/sdk/vqa/questioning.hpp"

namespace medvlm::lora {

/// Preprocessed images with what is known of them.
struct Batch {
  std::vector<ProcessedImage> images;
  at::Tensor labels;                   ///< for labels: as sdk::train::label_tensor()
  std::vector<const Sample*> samples;  ///< for answers: one per image
};

struct Loss {
  at::Tensor sum;           ///< a scalar; undefined: nothing was known
  double weight = 0;        ///< sum of the weights
  std::int64_t failed = 0;  ///< samples that could not take part
};

class Objective {
 public:
  Objective() = default;
  virtual ~Objective() = default;
  Objective(const Objective&) = delete;
  Objective& operator=(const Objective&) = delete;

  /// What the losses of the batch weigh together, where that is known before they are computed.
  virtual std::optional<double> weight(const Batch& batch) const = 0;
  /// Of `count` samples of the batch from `first` on. Differentiable when gradients are enabled.
  virtual Loss loss(const Batch& batch, std::int64_t first, std::int64_t count) = 0;
  /// What learns beside the adapter, by its names in saved states.
  virtual std::vector<std::pair<std::string, at::Tensor>> parameters() const { return {}; }
};

/// The (weighted) cross-entropy of labels.
class LabelObjective final : public Objective {
 public:
  /// `class_weights`: as sdk::train::balanced_weights(), or undefined. The classifier must outlive it.
  LabelObjective(Classifier& classifier, LabelKind kind, at::Tensor class_weights)
      : classifier_(classifier), kind_(kind), class_weights_(std::move(class_weights)) {}

  std::optional<double> weight(const Batch& batch) const override;
  Loss loss(const Batch& batch, std::int64_t first, std::int64_t count) override;
  /// The linear head, if there is one.
  std::vector<std::pair<std::string, at::Tensor>> parameters() const override;

 private:
  Classifier& classifier_;
  LabelKind kind_;
  at::Tensor class_weights_;
};

/// The cross-entropy of the reference answers' tokens, each of which weighs 1.
class AnswerObjective final : public Objective {
 public:
  /// Borrows both. `seed` is the study's.
  AnswerObjective(TrainableAnswerer& answerer, const sdk::Questioning& questioning, std::uint64_t seed)
      : answerer_(answerer), questioning_(questioning), seed_(seed) {}

  /// How many tokens answers have is known when they are asked for.
  std::optional<double> weight(const Batch&) const override { return std::nullopt; }
  /// Questions that fail are named in the log.
  Loss loss(const Batch& batch, std::int64_t first, std::int64_t count) override;

 private:
  TrainableAnswerer& answerer_;
  const sdk::Questioning& questioning_;
  std::uint64_t seed_;
};

}  // namespace medvlm::lora
