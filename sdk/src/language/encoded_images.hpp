// The features of the images of some questions, each image encoded once.
#pragma once

#include <deque>

#include "medvlm/sdk/language/answering_model.hpp"

namespace medvlm::sdk::language {

class EncodedImages {
 public:
  explicit EncodedImages(const AnsweringModel& model) : model_(model) {}

  /// As AnsweringModel::encode_image(); images are the same if their pixels share the memory. The image must outlive this.
  const at::Tensor& features(const ProcessedImage& image) {
    for (const Known& each : known_) {
      if (each.image->pixels.is_same(image.pixels)) return each.features;
    }
    known_.push_back({&image, model_.encode_image(image)});
    return known_.back().features;
  }

 private:
  struct Known {
    const ProcessedImage* image;
    at::Tensor features;
  };
  const AnsweringModel& model_;
  std::deque<Known> known_;
};

}  // namespace medvlm::sdk::language
