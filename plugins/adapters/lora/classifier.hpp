// What makes class logits of images: the (adapted) encoder with a linear head, or with the class prompts.
#pragma once

#include <optional>
#include <span>

#include "medvlm/core/model.hpp"
#include "medvlm/sdk/train/linear_head.hpp"
#include "medvlm/sdk/zero_shot/class_prompts.hpp"

namespace medvlm::lora {

class Classifier {
 public:
  /// The head is on the encoder's device.
  Classifier(ImageTextEncoder& encoder, sdk::train::LinearHead head) : encoder_(encoder), head_(std::move(head)) {}
  /// `texts_change`: the text tower is being trained, so texts must be embedded anew for each batch.
  Classifier(ImageTextEncoder& encoder, sdk::ClassPrompts prompts, bool texts_change)
      : encoder_(encoder), prompts_(std::move(prompts)), texts_change_(texts_change) {}

  /// [n, classes]; multi-label with prompts [n, classes, 2]. Differentiable when gradients are enabled.
  at::Tensor logits(std::span<const ProcessedImage> images);

  /// Weight and bias of the head, or nothing.
  std::vector<at::Tensor> parameters() const;
  const std::optional<sdk::train::LinearHead>& head() const { return head_; }
  /// After training: texts need not be embedded any more.
  void freeze_texts();

 private:
  const sdk::ClassPrompts::Embedded& texts();

  ImageTextEncoder& encoder_;
  std::optional<sdk::train::LinearHead> head_;
  std::optional<sdk::ClassPrompts> prompts_;
  bool texts_change_ = false;
  std::optional<sdk::ClassPrompts::Embedded> texts_;
};

}  // namespace medvlm::lora
