#include "checkpoint.hpp"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <cmath>

#include "medvlm/sdk/checkpoint/safetensors_writer.hpp"

namespace medvlm::demo {
namespace {

at::Tensor initial(const sdk::nn::Parameter& parameter, at::Generator& generator) {
  const std::string& name = parameter.name;
  if (name == "logit_scale") return at::full({}, std::log(1 / 0.07));
  if (name.find("norm") != name.npos || name.find("layrnorm") != name.npos) {
    return name.ends_with("weight") ? at::ones(parameter.shape) : at::zeros(parameter.shape);
  }
  if (name.ends_with("bias")) return at::zeros(parameter.shape);
  const bool table = name.find("embedding.weight") != name.npos && parameter.shape.size() == 2;
  if (table || parameter.shape.size() < 2) return 0.02 * at::randn(parameter.shape, generator);
  std::int64_t fan_in = 1;
  for (std::size_t i = 1; i < parameter.shape.size(); ++i) fan_in *= parameter.shape[i];
  return at::randn(parameter.shape, generator) / std::sqrt(double(fan_in));
}

}  // namespace

void write_random_weights(const std::filesystem::path& folder, std::uint64_t seed) {
  const clip::ClipConfig config = clip::read_clip_config(folder / "config.json");
  clip::VisionTower vision(config.vision);
  clip::TextTower text(config.text);
  sdk::nn::Linear image_projection(config.vision.transformer.width, config.projection, false);
  sdk::nn::Linear text_projection(config.text.transformer.width, config.projection, false);
  at::Tensor scale;
  sdk::nn::ParameterList list;
  vision.declare(list);
  image_projection.declare(list, "visual_projection");
  text.declare(list);
  text_projection.declare(list, "text_projection");
  list.add("logit_scale", {}, scale);
  at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  sdk::WeightMap weights;
  for (const auto& parameter : list.parameters()) weights[parameter.name] = initial(parameter, generator);
  sdk::write_safetensors(folder / "model.safetensors", weights);
}

std::vector<at::Tensor> make_trainable(clip::ClipModel& model) {
  std::vector<at::Tensor> weights;
  for (const auto& parameter : model.parameters().parameters()) {
    *parameter.target = parameter.target->clone().requires_grad_(true);
    weights.push_back(*parameter.target);
  }
  return weights;
}

void save_weights(clip::ClipModel& model, const std::filesystem::path& folder) {
  sdk::WeightMap weights;
  for (const auto& parameter : model.parameters().parameters()) weights[parameter.name] = parameter.target->detach();
  sdk::write_safetensors(folder / "model.safetensors", weights);
}

}  // namespace medvlm::demo
