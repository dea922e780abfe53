#include "classifier.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace medvlm::lora {

at::Tensor Classifier::logits(std::span<const ProcessedImage> images) {
  const ImageEmbeddings embeddings = encoder_.encode_images(images);
  if (head_) return head_->logits(sdk::train::probe_features(embeddings));
  return sdk::ClassPrompts::logits(encoder_, embeddings.joint, texts());
}

const sdk::ClassPrompts::Embedded& Classifier::texts() {
  if (texts_change_) {
    texts_ = prompts_->embed(encoder_);
  } else if (!texts_) {
    freeze_texts();
  }
  return *texts_;
}

void Classifier::freeze_texts() {
  if (!prompts_) return;
  const c10::NoGradGuard frozen;
  texts_ = prompts_->embed(encoder_);
  texts_change_ = false;
}

std::vector<at::Tensor> Classifier::parameters() const {
  if (!head_) return {};
  return {head_->weight, head_->bias};
}

}  // namespace medvlm::lora
