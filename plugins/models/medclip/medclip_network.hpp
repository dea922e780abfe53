// The two towers of MedCLIP with their projections into the shared space.
#pragma once

#include "medclip_config.hpp"
#include "medvlm/sdk/nn/bert.hpp"
#include "swin.hpp"

namespace medvlm::medclip {

/// Does not move or copy: its layers hand out their addresses.
class MedclipNetwork {
 public:
  explicit MedclipNetwork(const MedclipConfig& config);
  /// Declares the names of the published weights: `vision_model`, `text_model`, `logit_scale`.
  void declare(sdk::nn::ParameterList& list);

  /// pixels [n, 1 or 3, size, size] -> [n, projection], not normalised. One channel is repeated.
  at::Tensor embed_images(const at::Tensor& pixels) const;
  /// ids and mask [m, length], int64 -> [m, projection], not normalised: the mean over the outputs of layers 1, 2 and the
  /// last, and over all positions, padding included.
  at::Tensor embed_texts(const at::Tensor& ids, const at::Tensor& mask) const;
  /// exp(logit_scale), clamped as the package does: a scalar.
  at::Tensor scale() const;

  const Swin& vision() const { return vision_; }
  const sdk::nn::Bert& text() const { return text_; }

 private:
  Swin vision_;
  sdk::nn::Linear vision_projection_;
  sdk::nn::Bert text_;
  sdk::nn::Linear text_projection_;
  at::Tensor logit_scale_;
};

}  // namespace medvlm::medclip
