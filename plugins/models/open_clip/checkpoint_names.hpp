// The weights of an open_clip checkpoint: which file, and under which names.
#pragma once

#include "medvlm/sdk/checkpoint/checkpoint.hpp"
#include "medvlm/sdk/nn/parameters.hpp"

namespace medvlm::open_clip {

/// `open_clip_model` or `open_clip_pytorch_model`, safetensors before torch.save. Throws Error(checkpoint).
sdk::Checkpoint open_weights(const std::filesystem::path& folder);

/// Fills all parameters. Takes older files too, in which the text tower has no prefix, and scalars of shape [1]; a missing
/// logit_bias is 0. As in open_clip, tensors that the model has no place for are refused: they mean that it is another
/// model. Throws one Error(checkpoint) that lists everything that does not fit.
void load_parameters(const sdk::Checkpoint& checkpoint, const sdk::nn::ParameterList& parameters, c10::Device device,
                     c10::ScalarType dtype);

}  // namespace medvlm::open_clip
