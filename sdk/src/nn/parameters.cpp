#include "medvlm/sdk/nn/parameters.hpp"

#include <functional>
#include <numeric>

namespace medvlm::sdk::nn {

void ParameterList::add(std::string name, std::vector<std::int64_t> shape, at::Tensor& target) {
  parameters_.push_back({std::move(name), std::move(shape), &target});
}

void ParameterList::add_layer(std::string name, AdaptableLayer& layer) {
  layers_.push_back({std::move(name), "", &layer});
}

std::vector<NamedLayer> ParameterList::layers(const std::string& prefix, const std::string& part) const {
  std::vector<NamedLayer> found;
  for (NamedLayer layer : layers_) {
    if (!layer.name.starts_with(prefix)) continue;
    layer.part = part;
    found.push_back(std::move(layer));
  }
  return found;
}

std::int64_t ParameterList::count() const {
  std::int64_t total = 0;
  for (const Parameter& parameter : parameters_) {
    total += std::accumulate(parameter.shape.begin(), parameter.shape.end(), std::int64_t{1}, std::multiplies<>());
  }
  return total;
}

}  // namespace medvlm::sdk::nn
