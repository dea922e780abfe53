#include "checkpoint_names.hpp"

#include <ATen/ATen.h>

#include "medvlm/sdk/checkpoint/weights.hpp"

namespace medvlm::open_clip {
namespace {

/// The name of a parameter in the file.
std::string name_in_file(const sdk::Checkpoint& checkpoint, const std::string& name) {
  constexpr std::string_view kText = "text.";
  // open_clip itself looks at this one tensor to tell that the text tower's names have no prefix.
  if (name.starts_with(kText) && checkpoint.has("positional_embedding")) return name.substr(kText.size());
  return name;
}

bool is_scalar(const sdk::nn::Parameter& parameter) { return parameter.shape.empty(); }

sdk::WeightSpec spec_of(const sdk::Checkpoint& checkpoint, const sdk::nn::Parameter& parameter) {
  sdk::WeightSpec spec{name_in_file(checkpoint, parameter.name), parameter.shape, parameter.name == "logit_bias"};
  const std::vector<std::int64_t> one{1};
  if (is_scalar(parameter) && checkpoint.has(spec.name) && checkpoint.info(spec.name).shape == one) spec.shape = one;
  return spec;
}

}  // namespace

sdk::Checkpoint open_weights(const std::filesystem::path& folder) {
  sdk::CheckpointNames names;
  names.safetensors = {"open_clip_model", "open_clip_pytorch_model"};
  names.pickles = {"open_clip_pytorch_model"};
  return sdk::Checkpoint::open(folder, names);
}

void load_parameters(const sdk::Checkpoint& checkpoint, const sdk::nn::ParameterList& parameters, c10::Device device,
                     c10::ScalarType dtype) {
  std::vector<sdk::WeightSpec> specs;
  for (const auto& parameter : parameters.parameters()) specs.push_back(spec_of(checkpoint, parameter));
  sdk::WeightOptions options;
  options.device = device;
  options.dtype = dtype;
  options.refuse_unexpected = true;
  options.ignored_endings = {"position_ids"};
  const sdk::WeightMap weights = sdk::load_weights(checkpoint, specs, options);
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const sdk::nn::Parameter& parameter = parameters.parameters()[i];
    const auto found = weights.find(specs[i].name);
    *parameter.target = found == weights.end() ? at::zeros({}, at::TensorOptions(dtype).device(device)) : found->second;
    if (is_scalar(parameter)) *parameter.target = parameter.target->reshape({});
  }
}

}  // namespace medvlm::open_clip
