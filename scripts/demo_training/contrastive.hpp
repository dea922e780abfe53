// Contrastive training of images and captions.
#pragma once

#include <functional>

#include "clip_model.hpp"
#include "pictures.hpp"
#include "training_loop.hpp"

namespace medvlm::demo {

/// Trains all weights. `picture(i)` gives the i-th of the plan's pictures; may be called from several threads.
void train(clip::ClipModel& model, const std::function<Captioned(std::int64_t)>& picture, const TrainingPlan& plan);

}  // namespace medvlm::demo
