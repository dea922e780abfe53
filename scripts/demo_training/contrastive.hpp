// Contrastive training of images and captions.
#pragma once

#include <functional>

#include "clip_model.hpp"
#include "pictures.hpp"

namespace medvlm::demo {

struct TrainingPlan {
  std::int64_t pictures = 8000;
  std::int64_t epochs = 10;
  std::int64_t batch = 64;
  double learning_rate = 1e-3;
  double weight_decay = 0.05;
  std::uint64_t seed = 1;
};

/// Trains all weights. `picture(i)` gives the i-th of the plan's pictures; may be called from several threads.
void train(clip::ClipModel& model, const std::function<Captioned(std::int64_t)>& picture, const TrainingPlan& plan);

}  // namespace medvlm::demo
