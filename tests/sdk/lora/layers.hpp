// Layers to adapt, with the names of a small vision-language model.
#pragma once

#include <deque>

#include <ATen/ATen.h>

#include "medvlm/sdk/nn/layers.hpp"

namespace medvlm::test {

/// Two towers of two linear layers each, a position embedding and a projection.
struct TinyModel final : Adaptable {
  sdk::nn::ParameterList list;
  std::deque<sdk::nn::Linear> linears;
  sdk::nn::Embedding positions{7, 4};

  TinyModel() {
    positions.declare(list, "vision_model.embeddings.position_embedding");
    for (const char* name : {"vision_model.layers.0.q_proj", "vision_model.layers.0.fc1", "visual_projection",
                             "text_model.layers.0.q_proj", "text_model.layers.0.fc1"}) {
      linears.emplace_back(4, 6);
      linears.back().declare(list, name);
    }
    int seed = 0;
    for (const auto& parameter : list.parameters()) {
      *parameter.target =
          at::linspace(-1, 1 + seed++, c10::multiply_integers(parameter.shape), at::kFloat).view(parameter.shape);
    }
  }
  std::vector<NamedLayer> layers() override {
    std::vector<NamedLayer> all = list.layers("vision_model.", "vision");
    for (auto& layer : list.layers("visual_projection", "projector")) all.push_back(layer);
    for (auto& layer : list.layers("text_model.", "text")) all.push_back(layer);
    return all;
  }
};

}  // namespace medvlm::test
