// The text towers: open_clip's own transformer, and a Hugging Face BERT with a projection.
#pragma once

#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "medvlm/sdk/nn/parameters.hpp"
#include "open_clip_config.hpp"

namespace medvlm::open_clip {

/// Does not move or copy: its layers hand out their addresses.
class TextTower {
 public:
  TextTower() = default;
  virtual ~TextTower() = default;
  TextTower(const TextTower&) = delete;
  TextTower& operator=(const TextTower&) = delete;

  virtual void declare(sdk::nn::ParameterList& list) = 0;
  /// ids [m, context], int64, padded -> in the shared space, not normalised: [m, embedding].
  virtual at::Tensor forward(const at::Tensor& ids) const = 0;
  /// What the embeddings and each of the blocks make of `ids`, and for open_clip's own tower the final norm.
  virtual std::vector<at::Tensor> hidden_states(const at::Tensor& ids) const = 0;
};

/// `embedding`: the width of the shared space.
std::unique_ptr<TextTower> make_text_tower(const TextConfig& config, std::int64_t embedding);

}  // namespace medvlm::open_clip
