#include "medclip_network.hpp"

#include <ATen/ATen.h>

namespace medvlm::medclip {
namespace {

/// The package keeps the logarithm of the scale within these bounds; the upper one is about ln(100).
constexpr double kLowestScale = 0;
constexpr double kHighestScale = 4.6052;

}  // namespace

MedclipNetwork::MedclipNetwork(const MedclipConfig& config)
    : vision_(config.vision),
      vision_projection_(config.vision.width(config.vision.stages() - 1), config.projection, false),
      text_(config.text),
      text_projection_(config.text.transformer.width, config.projection, false) {}

void MedclipNetwork::declare(sdk::nn::ParameterList& list) {
  vision_.declare(list, "vision_model.model.");
  vision_projection_.declare(list, "vision_model.projection_head");
  text_.declare(list, "text_model.model.");
  text_projection_.declare(list, "text_model.projection_head");
  list.add("logit_scale", {}, logit_scale_);
}

at::Tensor MedclipNetwork::embed_images(const at::Tensor& pixels) const {
  const at::Tensor colour = pixels.size(1) == 1 ? pixels.expand({-1, 3, -1, -1}) : pixels;
  return vision_projection_.forward(vision_.forward(colour));
}

at::Tensor MedclipNetwork::embed_texts(const at::Tensor& ids, const at::Tensor& mask) const {
  at::Tensor x = text_.embeddings().forward(ids);
  const at::Tensor hidden = sdk::nn::padding_mask(mask, x.scalar_type());
  const std::size_t last = text_.layers().size();
  at::Tensor first, second;
  for (std::size_t layer = 1; layer <= last; ++layer) {
    x = text_.layers()[layer - 1].forward(x, hidden);
    if (layer == 1) first = x.mean(1);
    if (layer == 2) second = x.mean(1);
  }
  return text_projection_.forward(at::stack({first, second, x.mean(1)}).mean(0));
}

at::Tensor MedclipNetwork::scale() const { return logit_scale_.clamp(kLowestScale, kHighestScale).exp(); }

}  // namespace medvlm::medclip
